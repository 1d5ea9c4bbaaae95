/** The health page of a process, as whoever watches it reads it. */
export interface HealthPage {
  readonly status: 'ok' | 'degraded' | 'critical';
  readonly reasons: readonly {
    readonly code: string;
    readonly level: string;
    readonly message: string;
    readonly about?: string;
  }[];
  readonly [figure: string]: unknown;
}

/** Rejects when there is no page on the port, or no answer `withinMs`. */
export async function healthPage(port: number, withinMs = 5000): Promise<HealthPage> {
  const response = await fetch(`http://127.0.0.1:${String(port)}/health`, {
    signal: AbortSignal.timeout(withinMs),
  });
  return (await response.json()) as HealthPage;
}

/** Records that a consumer has not acknowledged, by acquisition's page; Infinity while that is not known. */
export function owedTo(page: HealthPage | undefined, consumer = 'writer'): number {
  const owed = (page?.['unacknowledged'] ?? {}) as Readonly<Record<string, number>>;
  return owed[consumer] ?? Infinity;
}

/** undefined while nobody answers on the port. */
export async function readHealth(port: number): Promise<HealthPage | undefined> {
  return await healthPage(port).catch(() => undefined);
}
