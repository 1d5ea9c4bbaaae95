/**
 * The emulated meter, whole: a device, the ports at which hosts find it, the account of what it
 * sent, and the behaviour that can be changed while it runs.
 */
import { Device } from './device/device.js';
import { Playback, readRecording, type Afterwards } from './device/recording.js';
import type { Unit } from './device/titration.js';
import type { Command } from './control/command.js';
import { Account } from './line/account.js';
import { GOOD_BEHAVIOUR, type Behaviour } from './line/behaviour.js';
import { Dispatch, type Send } from './line/dispatch.js';
import { byteTime, DEFAULT_BAUD } from './line/line-speed.js';
import type { Reply } from './line/reply.js';
import { Responder } from './line/responder.js';
import type { Line, Port } from './port/port.js';
import { PtyPort } from './port/pty-port.js';
import { TcpPort, type TcpAddress } from './port/tcp-port.js';
import { Random } from './random.js';
import { realTime, type Time } from './time.js';

export interface MeterOptions {
  /** Where to offer the pseudo-terminal; none without. */
  readonly path?: string;
  /** Where to listen; not at all without. */
  readonly tcp?: TcpAddress;
  readonly serial?: string;
  readonly unit?: Unit;
  /** The same seed gives the same readings, pieces and noise. */
  readonly seed?: number;
  readonly baud?: number;
  readonly behaviour?: Partial<Behaviour>;
  /** The file that takes the account, appended to. */
  readonly account?: string;
  readonly playback?: { readonly file: string; readonly then: Afterwards };
  /** Each answer bears the next record number: no two frames are alike. */
  readonly numbered?: boolean;
  /** Begins with the cable pulled. */
  readonly unplugged?: boolean;
  readonly time?: Time;
  /** What happens by itself and is worth telling. */
  readonly announce?: (event: MeterEvent) => void;
}

export type MeterEvent =
  | { readonly event: 'playback_ended' }
  | { readonly event: 'port_failed'; readonly message: string };

export const DEFAULT_SERIAL = 'EMU00001';

export class Meter {
  readonly #behaviour: Behaviour;
  readonly #device: Device;
  readonly #account: Account;
  readonly #random: Random;
  readonly #time: Time;
  readonly #byteMs: number;
  readonly #announce: (event: MeterEvent) => void;
  readonly #ports: Port[] = [];
  readonly #tcp: TcpPort | undefined;
  #playback: Playback | undefined;
  #polls = 0;
  #stopped = false;

  private constructor(options: MeterOptions) {
    const { serial = DEFAULT_SERIAL, unit = 'pH', seed = 1, time = realTime } = options;
    this.#behaviour = { ...GOOD_BEHAVIOUR, ...options.behaviour };
    this.#time = time;
    this.#random = new Random(seed);
    this.#byteMs = byteTime(options.baud ?? DEFAULT_BAUD);
    this.#announce = options.announce ?? (() => {});
    const numbered = options.numbered ?? false;
    this.#device = new Device({ serial, unit, seed, time, numbered });
    if (options.playback !== undefined) this.#play(options.playback);
    this.#account = new Account(options.account, () => time.now());
    this.#account.start(serial);

    const begin = (send: Send): Line => this.#beginLine(send);
    if (options.path !== undefined) {
      const failed = (error: Error): void =>
        this.#announce({ event: 'port_failed', message: error.message });
      this.#ports.push(new PtyPort({ path: options.path, begin, failed }));
    }
    if (options.tcp !== undefined) {
      this.#tcp = new TcpPort(options.tcp, begin);
      this.#ports.push(this.#tcp);
    }
  }

  /** Throws MeterError; then nothing is left open. */
  static async start(options: MeterOptions): Promise<Meter> {
    const meter = new Meter(options);
    try {
      if (options.unplugged !== true) await meter.plug();
    } catch (error) {
      await meter.stop();
      throw error;
    }
    return meter;
  }

  /** `host:port` where it listens. */
  get tcpAddress(): string | undefined {
    return this.#tcp?.address;
  }

  get polls(): number {
    return this.#polls;
  }

  get framesSent(): number {
    return this.#account.frames;
  }

  async plug(): Promise<void> {
    for (const port of this.#ports) await port.plug();
  }

  async unplug(): Promise<void> {
    for (const port of this.#ports) await port.unplug();
  }

  /** Pulls the cable for good. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    await this.unplug();
    this.#account.close();
  }

  /** Throws MeterError. */
  async apply(command: Command): Promise<void> {
    const behaviour = this.#behaviour;
    switch (command.command) {
      case 'unplug':
        await this.unplug();
        return;
      case 'plug':
        await this.plug();
        return;
      case 'stop':
        await this.stop();
        return;
      case 'silence':
        behaviour.silent = command.on;
        return;
      case 'chunking':
        behaviour.chunking = command.on;
        return;
      case 'serial':
        this.#device.serial = command.serial;
        return;
      case 'unit':
        this.#device.unit = command.unit;
        return;
      case 'value':
        this.#device.held = command.value;
        return;
      case 'noise':
        if ('rate' in command) behaviour.noise = command.rate;
        else for (const { line } of this.#ports) line?.interject(command.bytes);
        return;
      case 'doubled':
        if ('rate' in command) behaviour.doubled = command.rate;
        else behaviour.doubledNext = command.next;
        return;
      case 'latency':
        behaviour.latencyMs = command.ms;
        return;
      case 'rate_limit':
        behaviour.answersPerSecond = command.perS === 0 ? Infinity : command.perS;
        return;
      case 'playback':
        this.#play(command);
        return;
    }
  }

  #play({ file, then }: { readonly file: string; readonly then: Afterwards }): void {
    const ended = (): void => this.#announce({ event: 'playback_ended' });
    this.#playback = new Playback(readRecording(file), { then, ended });
  }

  #reply(): Reply {
    return this.#playback?.reply() ?? { kind: 'frame', bytes: this.#device.frame() };
  }

  #beginLine(send: Send): Line {
    const dispatch = new Dispatch(send, this.#account);
    const responder = new Responder({
      dispatch,
      reply: () => this.#reply(),
      behaviour: this.#behaviour,
      random: this.#random,
      time: this.#time,
      byteMs: this.#byteMs,
      countPoll: () => (this.#polls += 1),
    });
    return {
      received: (bytes) => responder.receive(bytes),
      interject: (bytes) => responder.interject(bytes),
      ended: (cause, unread) => {
        responder.end();
        dispatch.end(cause, unread);
      },
    };
  }
}
