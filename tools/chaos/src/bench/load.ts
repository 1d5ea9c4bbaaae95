/** How fast the meters are asked: profiles of protocols.toml between which the run changes. */
const PROFILE = { poll_hex: '012330233023302303', read_timeout_ms: 300 };

/** Seconds between two polls. */
export const LOADS = { calm: 0.4, steady: 0.1, burst: 0.025 } as const;

export type Load = keyof typeof LOADS;

export const PROFILES = Object.fromEntries(
  Object.entries(LOADS).map(([name, poll_interval_s]) => [name, { ...PROFILE, poll_interval_s }]),
);
