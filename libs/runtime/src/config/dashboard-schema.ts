/** What `[dashboard]` of app.toml may hold: where the page is, who may open it, and which meters it shows. */
import { isIP } from 'node:net';
import { z } from 'zod';

export const HOST =
  'the address or the name that the page listens at, such as "127.0.0.1" or "0.0.0.0"';
export const TOKEN =
  '"" (none, for this computer only), or a text of 16 to 200 letters, digits and signs without blanks';
export const ALLOWED_HOST =
  'a name or an address under which the page is opened, such as "lab-3.example.org" or "lab-3:9000"';

const NAME = /^[0-9A-Za-z](?:[0-9A-Za-z.-]{0,252}[0-9A-Za-z])?$/;

export function isHost(text: string): boolean {
  return isIP(text) !== 0 || NAME.test(text);
}

/** A host, with or without a port; an IPv6 address stands in brackets, as in a browser's address line. */
export function isAllowedHost(text: string): boolean {
  const [, address, name, port = '1'] =
    /^(?:\[([^\]]*)\]|([^:]*))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const known = address === undefined ? NAME.test(name ?? '') : isIP(address) === 6;
  return known && Number(port) >= 1 && Number(port) <= 65_535;
}

export const dashboardToken = z
  .string({ error: TOKEN })
  .regex(/^(?:|[\x21-\x7e]{16,200})$/, { error: TOKEN });

/** Whether only this computer reaches what listens there. */
export function isLoopback(host: string): boolean {
  if (/^localhost$/i.test(host)) return true;
  return isIP(host) === 4 ? host.startsWith('127.') : host === '::1';
}
