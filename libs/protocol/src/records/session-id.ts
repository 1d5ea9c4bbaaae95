/**
 * Names a session for good, across machines and databases, without asking anyone. Version 7 begins
 * with the time, so that names sort as sessions began and buffer files of one session lie together.
 */
import { v7 } from 'uuid';

export function newSessionId(): string {
  return v7();
}
