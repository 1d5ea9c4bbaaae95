/**
 * The token that others have to know: given by a program in each request, by a browser once, which then has a
 * cookie. The cookie is made of the token and cannot be turned back into it; with another token it is worth nothing.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { AppConfig } from '@elmetron/runtime';
import { DashboardError } from '../../dashboard-error.js';
import { WrongTries } from './tries.js';

/** A page that the bench leaves open must not have to ask again: browsers keep a cookie for 400 days at most. */
const COOKIE_S = 400 * 86_400;

type Settings = Pick<AppConfig['dashboard'], 'token' | 'port'>;

export interface TokenRequest {
  /** Of the other end. */
  readonly address: string;
  readonly authorization: string | undefined;
  readonly cookie: string | undefined;
}

export class TokenGuard {
  readonly #token: string;
  readonly #cookie: string;
  /** Cookies know no port: two pages of one computer must not take each other's away. */
  readonly #name: string;
  readonly #tries: WrongTries;

  /** `token`: empty when none is needed. */
  constructor({ token, port }: Settings, monotonic: () => number) {
    this.#token = token;
    this.#name = `elmetron_page_${port}`;
    this.#cookie = createHmac('sha256', token).update('elmetron page').digest('base64url');
    this.#tries = new WrongTries(monotonic);
  }

  get needed(): boolean {
    return this.#token !== '';
  }

  /** Throws DashboardError `token_needed`, `too_many_tries`. */
  check({ address, authorization, cookie }: TokenRequest): void {
    if (!this.needed) return;
    const carried = cookieNamed(cookie, this.#name);
    if (carried !== undefined && isSame(carried, this.#cookie)) return;
    const [, bearer] = /^Bearer +(\S+)$/i.exec(authorization ?? '') ?? [];
    if (bearer === undefined) {
      throw new DashboardError(
        'token_needed',
        'A token is needed: dashboard.token of the configuration.',
      );
    }
    this.#try(address, bearer);
  }

  /**
   * The header `Set-Cookie` for whoever knows the token; undefined when none is needed. Throws DashboardError
   * `token_needed`, `too_many_tries`.
   */
  cookieFor(address: string, token: string): string | undefined {
    if (!this.needed) return undefined;
    this.#try(address, token);
    return `${this.#name}=${this.#cookie}; Path=/; Max-Age=${COOKIE_S}; HttpOnly; SameSite=Strict`;
  }

  #try(address: string, token: string): void {
    const wait = this.#tries.waitFor(address);
    if (wait > 0) {
      throw new DashboardError(
        'too_many_tries',
        `Too many wrong tokens came from here; wait ${wait} s.`,
      );
    }
    if (isSame(token, this.#token)) return;
    this.#tries.wrong(address);
    throw new DashboardError(
      'token_needed',
      'This is not the token: dashboard.token of the configuration.',
    );
  }
}

/** In a time that says nothing of how much of it is right, nor how long it is. */
function isSame(given: string, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(right));
}

function cookieNamed(header: string | undefined, name: string): string | undefined {
  for (const part of header?.split(';') ?? []) {
    const [key, value] = part.trim().split('=', 2);
    if (key === name) return value;
  }
  return undefined;
}
