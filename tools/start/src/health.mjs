/** Asks the processes how they are: `GET /health` on 127.0.0.1. */
import { get } from 'node:http';

/**
 * @typedef {{ code: string, message: string }} Reason
 * @typedef {{ status: string, reasons: Reason[] } & Record<string, unknown>} Health
 */

/** @param {number} port */
export const healthUrl = (port) => `http://127.0.0.1:${port}/health`;

/**
 * @param {number} port
 * @returns {Promise<Health | undefined>} undefined when nobody answers
 */
export function askHealth(port) {
  return new Promise((resolve) => {
    const request = get(healthUrl(port), { timeout: 2000 }, (response) => {
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
