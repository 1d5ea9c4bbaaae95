/**
 * Which numbers of a session hold which times. No index by time is kept: it would cost the writer on every
 * reading. Nor do times ascend with the numbers when a clock was set. So the readings are looked at
 * once, in blocks that follow one another, and of each block it is remembered between which times
 * its readings lie; a stretch of time is then read from the blocks that touch it.
 */
import { LatestUsed } from '../latest-used.js';
import type { Queries } from '../queries.js';
import type { SessionKey } from '../session-key.js';
import type { TimeExtent } from './curve.js';
import type { Numbers } from './reading-scan.js';

/** Of so many readings, between these times; the numbers up to and with `upTo`, above those of the one before. */
interface Block {
  readonly upTo: number;
  readonly readings: number;
  readonly first: number;
  readonly last: number;
}

/** At 1 Hz more than an hour, read in some milliseconds. */
const BLOCK_READINGS = 4_096;
/** A session of two million readings is 500 blocks. */
const SESSIONS = 64;

const BLOCK = `SELECT max(seq) AS upTo, min(seq) AS "from", count(*) AS readings,
    min(captured_ms) AS first, max(captured_ms) AS last FROM`;

export class TimeBlocks {
  readonly #queries: Queries;
  /** By session, those that are full. */
  readonly #full = new LatestUsed<readonly Block[]>(SESSIONS);

  constructor(queries: Queries) {
    this.#queries = queries;
  }

  /** undefined without a reading. The first time it reads all of the session. */
  extent(session: SessionKey): TimeExtent | undefined {
    const blocks = this.#blocks(session);
    if (blocks.length === 0) return undefined;
    return blocks.reduce(
      (all, { first, last }) => ({
        first: Math.min(all.first, first),
        last: Math.max(all.last, last),
      }),
      { first: Infinity, last: -Infinity },
    );
  }

  /** All numbers with a time from `from` to `to`, and a few beside them. */
  numbers(session: SessionKey, from: number, to: number): Numbers[] {
    const found: Numbers[] = [];
    let after = -1;
    for (const { upTo, first, last } of this.#blocks(session)) {
      if (first <= to && last >= from) {
        const before = found.at(-1);
        if (before?.upTo === after) found.splice(-1, 1, { after: before.after, upTo });
        else found.push({ after, upTo });
      }
      after = upTo;
    }
    return found;
  }

  /**
   * The last numbers of a session, back to the first block that lies as a whole before `from`; what of it is at
   * `from` or later lies between `first` and `last`. It reads no more than that: what was measured at times of a
   * clock that ran ahead, and is farther back than such a block, is not found.
   */
  latest(session: SessionKey, from: number): (Numbers & TimeExtent) | undefined {
    let found: (Numbers & TimeExtent) | undefined;
    for (let before = Number.MAX_SAFE_INTEGER; ;) {
      const [block] = this.#queries.all<Block & { readonly from: number }>(
        `${BLOCK} (SELECT seq, captured_ms FROM measurements
           WHERE session_id = ? AND seq < ? ORDER BY seq DESC LIMIT ${BLOCK_READINGS})`,
        session.id,
        before,
      );
      if (block === undefined || block.readings === 0 || block.last < from) return found;
      found = {
        after: block.from - 1,
        upTo: found?.upTo ?? block.upTo,
        first: Math.max(from, Math.min(found?.first ?? Infinity, block.first)),
        last: Math.max(found?.last ?? -Infinity, block.last),
      };
      if (block.readings < BLOCK_READINGS) return found;
      before = block.from;
    }
  }

  /** To be asked within one transaction with the session. */
  #blocks(session: SessionKey): readonly Block[] {
    const known = this.#full.get(session.uid) ?? [];
    let blocks = this.#goOn(session.id, known);
    // A recovery has brought readings with numbers below those that were looked at.
    if (known.length > 0 && readingsIn(blocks) !== session.measurements) {
      blocks = this.#goOn(session.id, []);
    }
    const full = blocks.at(-1)?.readings === BLOCK_READINGS ? blocks : blocks.slice(0, -1);
    this.#full.set(session.uid, full);
    return blocks;
  }

  #goOn(sessionId: number, known: readonly Block[]): readonly Block[] {
    const blocks = [...known];
    for (;;) {
      const [block] = this.#queries.all<Block>(
        `${BLOCK} (SELECT seq, captured_ms FROM measurements
           WHERE session_id = ? AND seq > ? ORDER BY seq LIMIT ${BLOCK_READINGS})`,
        sessionId,
        blocks.at(-1)?.upTo ?? -1,
      );
      if (block === undefined || block.readings === 0) return blocks;
      blocks.push(block);
      if (block.readings < BLOCK_READINGS) return blocks;
    }
  }
}

function readingsIn(blocks: readonly Block[]): number {
  return blocks.reduce((sum, { readings }) => sum + readings, 0);
}
