/** How the whole is: processes, disks, databases, logs, and in one sentence for everybody. */
import { dirname, join } from 'node:path';
import type { Clock } from '@elmetron/protocol';
import {
  databaseSize,
  figuresOf,
  filesIn,
  freeSpace,
  stateOf,
  type Answer,
  type Figures,
} from '@elmetron/report';
import type { AppConfig, Health } from '@elmetron/runtime';
import type { z } from 'zod';
import type { Meter } from '../api/live.js';
import type {
  benchSchema,
  LogLines,
  logQuerySchema,
  processSchema,
  System,
} from '../api/system.js';
import { suffixOf, type Bench } from '../benches/bench.js';
import { DashboardError } from '../dashboard-error.js';
import type { Database } from '../databases/database.js';
import { withAdvice } from '../watch/advice.js';
import { fields, number, text } from '../watch/figures.js';
import type { HealthWatch } from '../watch/health-watch.js';
import { logTail } from './log-tail.js';
import { recoveriesOf } from './recoveries.js';
import { verdictOf } from './verdict.js';

export interface SystemViewParts {
  /** The own one first. */
  readonly benches: readonly Bench[];
  readonly databases: ReadonlyMap<string, readonly Database[]>;
  readonly health: Pick<HealthWatch, 'of'>;
  readonly meters: () => readonly Meter[];
  /** Of this process. */
  readonly own: Pick<Health, 'figures'>;
  readonly clock: Clock;
}

type BenchBody = z.output<typeof benchSchema>;
type ProcessBody = z.output<typeof processSchema>;

/** Disks are not looked at more often, however many pages ask. */
const HOLDS_MS = 2_000;

export class SystemView {
  readonly #parts: SystemViewParts;
  #last: { readonly at: number; readonly system: Promise<System> } | undefined;

  constructor(parts: SystemViewParts) {
    this.#parts = parts;
  }

  system(): Promise<System> {
    const now = this.#parts.clock.monotonic();
    if (this.#last === undefined || now - this.#last.at >= HOLDS_MS) {
      const system = this.#look();
      this.#last = { at: now, system };
      // A failure is told to those who asked, and tried anew by the next.
      system.catch(() => (this.#last = undefined));
    }
    return this.#last.system;
  }

  /** Throws DashboardError `not_found`. */
  async log({ bench: name, process, lines }: z.output<typeof logQuerySchema>): Promise<LogLines> {
    const bench = this.#parts.benches.find((one) => one.name === name);
    if (bench === undefined) {
      throw new DashboardError('not_found', `There is no configuration ${name} on this page.`);
    }
    const { logs_dir } = bench.app.dashboard;
    const file = join(logs_dir, `${process}${suffixOf(name)}.log`);
    const found = await logTail(file, lines);
    if (found !== undefined) return { file, note: null, lines: found };
    const note = `There is no ${file}. Under systemd the journal has it: journalctl -u elmetron-${process}@${name}`;
    return { file: null, note, lines: [] };
  }

  async #look(): Promise<System> {
    const { benches, clock, meters } = this.#parts;
    const looked = await Promise.all(benches.map((bench, i) => this.#bench(bench, i === 0)));
    return {
      at: new Date(clock.now()).toISOString(),
      verdict: verdictOf(meters(), looked),
      benches: looked,
    };
  }

  async #bench(bench: Bench, own: boolean): Promise<BenchBody> {
    const { app, name, source } = bench;
    const { storage, acquisition, monitoring, dashboard } = app;
    const [ofSource, ofWriter] = [monitoring.acquisition_port, monitoring.writer_port].map((port) =>
      figures(this.#parts.health.of(port)?.answer),
    );
    const databases = this.#parts.databases.get(source) ?? [];
    const [buffers, archive, spool, disks, sizes, recovered] = await Promise.all([
      filesIn(storage.captures_dir, /_buffer\.jsonl$/),
      filesIn(join(storage.captures_dir, 'archive'), /\.gz$/),
      filesIn(join(acquisition.spool_dir, source), /_spool\.jsonl$/),
      freeSpace([dirname(storage.database_path), storage.captures_dir, acquisition.spool_dir]),
      Promise.all(databases.map(({ path }) => databaseSize(path))),
      recoveriesOf(databases),
    ]);
    const lanes = fields(ofWriter?.['databases']);
    return {
      name,
      source,
      processes: [
        this.#process('acquisition', monitoring.acquisition_port, app),
        this.#process('writer', monitoring.writer_port, app),
        ...(own ? [this.#ownProcess(dashboard.port)] : []),
      ],
      spool: {
        bytes: number(ofSource?.['spool_bytes']) ?? spool.bytes,
        max_bytes: acquisition.spool_max_bytes,
      },
      buffers: { ...buffers, last_sync: text(fields(ofWriter?.['buffer'])['last_sync']) },
      archive,
      databases: databases.flatMap(({ path, emulated }, i) => {
        const bytes = sizes[i] ?? 0;
        const lane = fields(lanes[emulated ? 'demo' : 'real']);
        return bytes === 0
          ? []
          : [{ path, emulated, bytes, last_commit: text(lane['last_commit']) }];
      }),
      disks,
      ...recovered,
    };
  }

  #process(name: string, port: number, { writer }: AppConfig): ProcessBody {
    const answer = this.#parts.health.of(port)?.answer;
    if (answer === undefined) return { name, port, status: 'unknown', reasons: [], figures: {} };
    const { status, reasons } = stateOf(port, answer);
    const advised = reasons.map((reason) => withAdvice(reason, writer.consumer));
    return { name, port, status, reasons: advised, figures: figures(answer) };
  }

  #ownProcess(port: number): ProcessBody {
    return {
      name: 'dashboard',
      port,
      status: 'ok',
      reasons: [],
      figures: { ...this.#parts.own.figures() },
    };
  }
}

function figures(answer: Answer | undefined): Figures {
  return answer === undefined ? {} : figuresOf(answer);
}
