/** Where a page of a list ended, as a text that is given back for the next one. */
import { z } from 'zod';
import { DashboardError } from '../dashboard-error.js';

const schema = z.tuple([z.string().max(40).nullable(), z.string().max(120)]);

/** The last session of a page. */
export interface Cursor {
  readonly startedAt: string | null;
  readonly uid: string;
}

export function cursorText({ startedAt, uid }: Cursor): string {
  return Buffer.from(JSON.stringify([startedAt, uid])).toString('base64url');
}

/** Throws DashboardError `bad_request`. */
export function readCursor(text: string): Cursor {
  const place = parsed(text);
  if (place !== undefined) return { startedAt: place[0], uid: place[1] };
  throw new DashboardError('bad_request', 'after has to be "next" of the page before.');
}

function parsed(text: string): z.output<typeof schema> | undefined {
  try {
    return schema.safeParse(JSON.parse(Buffer.from(text, 'base64url').toString())).data;
  } catch {
    return undefined;
  }
}
