/** On everything that is of no real meter. */
export function EmulatedBand() {
  return (
    <p class="emulated">
      <strong>EMULATED</strong> <span>not a real meter</span>
    </p>
  );
}
