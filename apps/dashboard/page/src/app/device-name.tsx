interface Props {
  readonly model: string | null;
  readonly serial: string | null;
  /** What stands there while neither is known. */
  readonly unknown: string;
}

/** Model and serial number as the meter says them; each by itself, whatever signs are in it. */
export function DeviceName({ model, serial, unknown }: Props) {
  if (model === null && serial === null) return <>{unknown}</>;
  return (
    <>
      {model !== null && <bdi>{model}</bdi>}
      {model !== null && serial !== null && ' · '}
      {serial !== null && <bdi>{serial}</bdi>}
    </>
  );
}
