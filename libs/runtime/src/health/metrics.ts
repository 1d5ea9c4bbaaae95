/**
 * The figures of a process in the form that Prometheus reads. They are made of what the process counts anyway, at
 * each request: nothing is counted twice, and the library is loaded only when somebody asks.
 */

export interface MetricSample {
  /** Number, or whether something is so. */
  readonly value: number | boolean;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface Metric {
  /** By the conventions of Prometheus: `elmetron_…`, base units, `_total` at the end of a counter. */
  readonly name: string;
  readonly help: string;
  /** Whether it only ever grows while the process lives. */
  readonly type: 'counter' | 'gauge';
  readonly samples: readonly MetricSample[];
}

type MakeMetric = (
  name: string,
  help: string,
  samples: MetricSample | readonly MetricSample[],
) => Metric;

/** Makers of the metrics of one process, named `elmetron_<process>_<name>`. */
export function metricsOf(process: string): Readonly<Record<Metric['type'], MakeMetric>> {
  const make =
    (type: Metric['type']): MakeMetric =>
    (name, help, samples) => ({
      name: `elmetron_${process}_${name}`,
      help,
      type,
      samples: [samples].flat(),
    });
  return { counter: make('counter'), gauge: make('gauge') };
}

/** Seconds since 1970 of a time in ISO 8601; no sample for what has not been yet. */
export function timestampSamples(
  time: string | null,
  labels: MetricSample['labels'] = {},
): readonly MetricSample[] {
  return time === null ? [] : [{ value: Date.parse(time) / 1000, labels }];
}

/** The exposition format 0.0.4. Rejects for what Prometheus would refuse, such as a name with a blank. */
export async function exposition(metrics: readonly Metric[]): Promise<string> {
  const { Counter, Gauge, Registry } = await import('prom-client');
  const registry = new Registry();
  for (const { name, help, type, samples } of metrics) {
    const labelNames = [...new Set(samples.flatMap(({ labels = {} }) => Object.keys(labels)))];
    const settings = { name, help, labelNames, registers: [registry] };
    if (type === 'counter') {
      const counter = new Counter(settings);
      for (const { labels = {}, value } of samples) counter.inc(labels, Number(value));
    } else {
      const gauge = new Gauge(settings);
      for (const { labels = {}, value } of samples) gauge.set(labels, Number(value));
    }
  }
  return registry.metrics();
}
