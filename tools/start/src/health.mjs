/** Asks the processes how they are: `GET /health` on this computer. */
import { get } from 'node:http';

/**
 * @typedef {{ code: string, message: string }} Reason
 * @typedef {{ status: string, reasons: Reason[] } & Record<string, unknown>} Health
 */

/** @param {number} port @param {string} [host] */
export const healthUrl = (port, host) => `${siteUrl(port, host)}health`;

/**
 * What is typed into a browser of this computer.
 * @param {number} port
 * @param {string} host at which it listens
 */
export function siteUrl(port, host = '127.0.0.1') {
  const here = hereOf(host);
  return `http://${here.includes(':') ? `[${here}]` : here}:${port}/`;
}

/**
 * @param {number} port
 * @param {string} [host]
 * @returns {Promise<Health | undefined>} undefined when nobody answers
 */
export function askHealth(port, host) {
  return new Promise((resolve) => {
    const request = get(healthUrl(port, host), { timeout: 2000 }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
        body += text;
      });
      response.once('end', () => {
        try {
          resolve(/** @type {Health} */ (JSON.parse(body)));
        } catch {
          resolve(undefined);
        }
      });
      response.once('error', () => resolve(undefined));
    });
    request.once('timeout', () => request.destroy());
    request.once('error', () => resolve(undefined));
  });
}

/** @param {Health} health */
export function describe({ status, reasons }) {
  return reasons.length === 0 ? status : `${status}: ${reasons.map((r) => r.message).join('; ')}`;
}

/** Where this computer itself reaches what listens at `host`. @param {string} host */
export function hereOf(host) {
  return host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
}
