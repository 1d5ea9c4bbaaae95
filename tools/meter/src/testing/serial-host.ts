/** A host as acquisition is one: the real SerialPort with the meter's settings, and a framer. */
import { decodeFrame, Framer, POLL } from '@elmetron/protocol';
import { SerialPort } from 'serialport';
import { eventually } from './eventually.js';

export class SerialHost {
  readonly chunks: Buffer[] = [];
  readonly frames: Buffer[] = [];
  /** The port ended without being asked to. */
  disconnected = false;
  readonly #port: SerialPort;
  readonly #framer = new Framer();

  private constructor(port: SerialPort) {
    this.#port = port;
    port.on('data', (chunk: Buffer) => {
      this.chunks.push(chunk);
      for (const { kind, bytes } of this.#framer.push(chunk)) {
        if (kind === 'frame' && decodeFrame(bytes).ok) this.frames.push(bytes);
      }
    });
    port.on('close', (error: unknown) => (this.disconnected = Boolean(error)));
    port.on('error', () => {});
  }

  static async open(path: string): Promise<SerialHost> {
    const port = new SerialPort({
      path,
      baudRate: 115_200,
      dataBits: 8,
      parity: 'even',
      stopBits: 2,
      autoOpen: false,
    });
    await new Promise<void>((resolve, reject) => {
      port.open((error) => (error === null ? resolve() : reject(error)));
    });
    return new SerialHost(port);
  }

  get received(): Buffer {
    return Buffer.concat(this.chunks);
  }

  poll(): void {
    this.#port.write(POLL);
  }

  /** Polls and waits for the frame, `times` times. */
  async exchange(times = 1): Promise<void> {
    for (let i = 0; i < times; i += 1) {
      const before = this.frames.length;
      this.poll();
      await eventually('an answer', () => this.frames.length > before);
    }
  }

  async close(): Promise<void> {
    if (!this.#port.isOpen) return;
    await new Promise<void>((resolve) => this.#port.close(() => resolve()));
  }
}
