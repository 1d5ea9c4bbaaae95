/** Links that the test holds the other end of. */
import { type Link, LinkError, type LinkEvents, type OpenLink } from '@elmetron/link';

export class FakeLink implements Link {
  readonly port: string;
  readonly events: LinkEvents;
  readonly written: Buffer[] = [];
  closed = false;
  /** What becomes of a poll; by default nothing: a silent meter. */
  answer: (link: FakeLink) => void = () => undefined;
  takes = true;

  constructor(port: string, events: LinkEvents) {
    this.port = port;
    this.events = events;
  }

  write(bytes: Buffer): boolean {
    if (!this.takes) return false;
    this.written.push(bytes);
    this.answer(this);
    return true;
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }

  receive(...chunks: Buffer[]): void {
    for (const chunk of chunks) this.events.data(chunk);
  }

  unplug(): void {
    this.events.lost(new LinkError('link_lost', `${this.port} is gone`));
  }
}

/** Hands out links as long as `failure` is undefined. */
export class FakePort {
  readonly links: FakeLink[] = [];
  readonly opened: unknown[] = [];
  failure: LinkError | undefined;
  /** Opening takes until this settles. */
  delay: Promise<void> = Promise.resolve();
  answer: (link: FakeLink) => void = () => undefined;

  readonly open: OpenLink = async (line, events) => {
    this.opened.push(line);
    await this.delay;
    if (this.failure !== undefined) throw this.failure;
    const link = new FakeLink('/dev/fake', events);
    link.answer = this.answer;
    this.links.push(link);
    return link;
  };

  get link(): FakeLink {
    const link = this.links.at(-1);
    if (link === undefined) throw new Error('no link was opened');
    return link;
  }
}
