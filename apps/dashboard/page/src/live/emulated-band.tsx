/** On everything that is of no real meter. */
export function EmulatedBand({ what = 'not a real meter' }: { what?: string }) {
  return (
    <p class="emulated">
      <strong>EMULATED</strong> <span>{what}</span>
    </p>
  );
}
