/** Reasons of a health page as people get them: each with what they can do about it. */
import { adviceFor, type HealthReason } from '@elmetron/runtime';
import type { Reason } from '../api/live.js';

type Said = Pick<HealthReason, 'level' | 'message'> & {
  readonly code: string;
  readonly about?: string;
};

/** @param consumer the bench's own, who is meant by "the writer" */
export function withAdvice({ code, level, message, about }: Said, consumer: string): Reason {
  const advice = adviceFor(code) ?? 'Look at its log; start it again if it stays so.';
  const isOther = code.startsWith('consumer_') && about !== undefined && about !== consumer;
  return {
    code,
    level,
    message,
    advice: isOther ? advice.replaceAll('the writer', `the consumer "${about}"`) : advice,
  };
}
