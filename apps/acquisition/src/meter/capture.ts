/**
 * Keeps a conversation with the meter going, for as long as the process lives: opens a link, opens
 * another one when it is lost (later and later, up to a ceiling), tries the fallback profiles in
 * turn while nothing intelligible comes, and starts over when it is told other settings.
 */
import { LinkError, type OpenLink, type Timers } from '@elmetron/link';
import type { Clock, Log } from '@elmetron/protocol';
import type { Health } from '@elmetron/runtime';
import { BackOff } from './back-off.js';
import { Conversation } from './conversation.js';
import type { PollFigures } from './poller.js';
import type { MeterProfile } from './profile.js';
import type { MeterListener } from './reading.js';

export interface CaptureSettings {
  readonly port: string;
  /** The profile wanted, then those to fall back to. */
  readonly profiles: readonly [MeterProfile, ...MeterProfile[]];
}

export interface CaptureListener extends MeterListener {
  opened(port: string, profile: MeterProfile): void;
  lost(error: LinkError): void;
}

export interface CaptureParts {
  readonly settings: CaptureSettings;
  readonly linkTo: (port: string) => OpenLink;
  readonly listener: CaptureListener;
  readonly polls: PollFigures;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly health: Health;
  readonly log: Log;
}

const FIRST_RETRY_MS = 250;
const MOST_RETRY_MS = 5000;
/** How long a profile is given before the next one is tried. */
const TRIAL_MS = 5000;
const TRIAL_POLLS = 3;
/** How long an answer under way is waited for before a link is closed. */
const GRACE_MS = 1000;

/** Why a conversation is not carried on with. */
type Ending = LinkError | 'no_good_frame' | 'interrupted';

export class Capture {
  /** How often a link was opened, or tried to open, since the process began. */
  opened = 0;
  readonly #parts: CaptureParts;
  readonly #backOff = new BackOff(FIRST_RETRY_MS, MOST_RETRY_MS);
  #settings: CaptureSettings;
  #turn = 0;
  #conversation: Conversation | undefined;
  #stopping = false;
  #interrupt = (): void => undefined;
  #running: Promise<void> = Promise.resolve();
  /** What was said last to be in the way. */
  #complaint = '';
  #tries = 0;
  /** A link is open, or has only been closed to be made anew. */
  #up = false;
  /** The next link replaces one for which nothing is known to be wrong: not worth a line in the log. */
  #renewing = false;

  constructor(parts: CaptureParts) {
    this.#parts = parts;
    this.#settings = parts.settings;
  }

  get link(): { readonly port: string; readonly profile: string } | undefined {
    const conversation = this.#conversation;
    return conversation && { port: conversation.port, profile: conversation.profile.name };
  }

  get profile(): MeterProfile {
    const { profiles } = this.#settings;
    return profiles[this.#turn % profiles.length] ?? profiles[0];
  }

  /** `crashed` hears of what must never happen: the loop has ended by itself. */
  start(crashed: (error: unknown) => void): void {
    this.#stopping = false;
    this.#running = this.#run();
    this.#running.catch(crashed);
  }

  /** Lets the answer under way come in, then closes the link. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#interrupt();
    await this.#running;
  }

  /** Takes other settings; to be called between `stop` and `start`. */
  use(settings: CaptureSettings): void {
    this.#settings = settings;
    this.#turn = 0;
    this.#complaint = '';
    this.#backOff.succeeded();
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      const conversation = await this.#open();
      if (conversation === undefined) {
        await this.#pause(this.#backOff.next());
        continue;
      }
      this.#conversation = conversation;
      const ending = await this.#carryOn(conversation);
      await conversation.close(ending instanceof LinkError ? 0 : GRACE_MS);
      this.#conversation = undefined;
      await this.#after(ending, conversation);
    }
  }

  /** Undefined: it did not open (and was complained about), or was given up. */
  async #open(): Promise<Conversation | undefined> {
    const { linkTo, listener, polls, clock, timers, health, log } = this.#parts;
    const { profile } = this;
    this.#tries++;
    this.opened++;
    const opening = Conversation.open({
      open: linkTo(this.#settings.port),
      profile,
      listener,
      polls,
      clock,
      timers,
    });
    try {
      const conversation = await this.#unlessInterrupted(opening);
      if (conversation === undefined) {
        opening.then((late) => late.close(0)).catch(() => undefined);
        return undefined;
      }
      log[this.#renewing ? 'debug' : 'info'](
        { port: conversation.port, profile: profile.name, tries: this.#tries },
        `link open: ${conversation.port}`,
      );
      this.#tries = 0;
      this.#complaint = '';
      this.#up = true;
      health.clear('link_down');
      listener.opened(conversation.port, profile);
      return conversation;
    } catch (error) {
      if (!(error instanceof LinkError)) throw error;
      this.#complain(error);
      return undefined;
    }
  }

  #carryOn(conversation: Conversation): Promise<Ending> {
    const { timers } = this.#parts;
    const { intervalMs } = conversation.profile;
    return new Promise((resolve) => {
      const end = (ending: Ending): void => {
        cancelTrial();
        resolve(ending);
      };
      const trial = (): void => {
        if (conversation.goodFrames === 0 && this.#settings.profiles.length > 1)
          end('no_good_frame');
      };
      const cancelTrial = timers.after(Math.max(TRIAL_MS, TRIAL_POLLS * intervalMs), trial);
      void conversation.lost.then(end);
      this.#interrupted(() => {
        end('interrupted');
      });
    });
  }

  async #after(ending: Ending, conversation: Conversation): Promise<void> {
    const { log } = this.#parts;
    if (conversation.goodFrames > 0) {
      this.#backOff.succeeded();
      this.#turn %= this.#settings.profiles.length;
    }
    this.#renewing = false;
    if (ending === 'interrupted') return;
    if (ending === 'no_good_frame') {
      this.#turn++;
      // Each profile is announced once; a meter that is silent for hours is asked in turn all the while.
      this.#renewing = this.#turn >= this.#settings.profiles.length;
      log[this.#renewing ? 'debug' : 'info'](
        { profile: conversation.profile.name, next: this.profile.name },
        `no good frame with profile ${conversation.profile.name}: trying ${this.profile.name}`,
      );
    } else if (ending.code === 'peer_silent') {
      // Whether the connection was dead shows when the next one is made.
      this.#renewing = true;
      log.debug({ port: conversation.port }, ending.message);
    } else {
      this.#down(ending);
      await this.#pause(this.#backOff.next());
    }
  }

  /** Says what is in the way, once, until it is something else. */
  #complain(error: LinkError): void {
    this.#renewing = false;
    const said = this.#down(error) || error.message === this.#complaint;
    this.#complaint = error.message;
    if (!said) {
      this.#parts.log.warn({ code: error.code, port: this.#settings.port }, retried(error));
    }
  }

  /** True when that is news, which is logged. */
  #down(error: LinkError): boolean {
    const news = this.#parts.health.raise(
      'link_down',
      this.#up ? `link lost: ${error.message}` : retried(error),
    );
    if (this.#up) {
      this.#up = false;
      this.#parts.listener.lost(error);
    }
    return news;
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#parts.timers.after(ms, resolve);
      this.#interrupted(() => {
        cancel();
        resolve();
      });
    });
  }

  async #unlessInterrupted<T>(work: Promise<T>): Promise<T | undefined> {
    const interrupted = new Promise<undefined>((resolve) => {
      this.#interrupted(() => {
        resolve(undefined);
      });
    });
    return await Promise.race([work, interrupted]);
  }

  #interrupted(act: () => void): void {
    this.#interrupt = act;
    if (this.#stopping) act();
  }
}

/** Whoever reads it need not start anything again. */
function retried({ message }: LinkError): string {
  return `${message} Trying again until it opens.`;
}
