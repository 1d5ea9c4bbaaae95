/**
 * When the page connects to the server, when it takes it for lost, and when it tries again: a state and what
 * each event makes of it, without a socket or a timer.
 */
export const SILENCE_MS = 12_000;
/** A tick that comes later than this says that the machine slept. */
export const SLEPT_MS = 8_000;
export const TICK_MS = 1_000;

export interface Link {
  readonly phase: 'connecting' | 'open' | 'waiting';
  /** Tries since it was last open. */
  readonly tries: number;
  /** Since when there is no connection; null: there is one, or the first is being made. */
  readonly lostAt: number | null;
  /** When the server last said something, or was last asked to. */
  readonly heardAt: number;
  readonly retryAt: number;
  readonly tickedAt: number;
}

export type LinkEvent =
  /** Something came from the server. */
  | { readonly type: 'heard' }
  /** The connection ended, or could not be made. */
  | { readonly type: 'failed' }
  | { readonly type: 'tick' }
  /** The network is back, the page is seen again, a person asks: do not wait any longer. */
  | { readonly type: 'hurry' };

export interface Step {
  readonly link: Link;
  /** `connect` includes ending a connection that is there. */
  readonly action: 'connect' | 'close' | null;
}

export const firstLink = (now: number): Link => ({
  phase: 'connecting',
  tries: 0,
  lostAt: null,
  heardAt: now,
  retryAt: now,
  tickedAt: now,
});

/** `chance`: 0 … 1, so that many pages do not all come back in the same moment. */
export function step(link: Link, event: LinkEvent, now: number, chance: number): Step {
  switch (event.type) {
    case 'heard':
      return {
        link: { ...link, phase: 'open', tries: 0, lostAt: null, heardAt: now },
        action: null,
      };
    case 'failed':
      return { link: waiting(link, now, chance), action: 'close' };
    case 'hurry':
      if (link.phase === 'waiting') return connect(link, now);
      return now - link.heardAt > SILENCE_MS / 2 ? connect(lost(link, now), now) : same(link);
    case 'tick':
      return tick({ ...link, tickedAt: now }, now - link.tickedAt, now, chance);
  }
}

function tick(link: Link, since: number, now: number, chance: number): Step {
  if (link.phase === 'waiting') return now >= link.retryAt ? connect(link, now) : same(link);
  // A clock that was set back must not make the page deaf until it has caught up.
  if (since < 0) return { link: { ...link, heardAt: Math.min(link.heardAt, now) }, action: null };
  if (since > SLEPT_MS && now - link.heardAt > SLEPT_MS) return connect(lost(link, now), now);
  if (now - link.heardAt > SILENCE_MS) return { link: waiting(link, now, chance), action: 'close' };
  return same(link);
}

const same = (link: Link): Step => ({ link, action: null });

const lost = (link: Link, now: number): Link => ({
  ...link,
  lostAt: link.lostAt ?? (link.phase === 'open' ? Math.min(link.heardAt, now) : now),
});

const connect = (link: Link, now: number): Step => ({
  link: { ...link, phase: 'connecting', tries: link.tries + 1, heardAt: now },
  action: 'connect',
});

const waiting = (link: Link, now: number, chance: number): Link => ({
  ...lost(link, now),
  phase: 'waiting',
  retryAt: now + retryDelay(link.tries, chance),
});

/** 0.4 s, then twice as long each time up to 8 s, give or take a quarter. */
export const retryDelay = (tries: number, chance: number): number =>
  Math.min(8000, 400 * 2 ** Math.min(tries, 10)) * (0.75 + 0.5 * chance);
