import { tmpdir } from 'node:os';
import { afterEach, expect, test } from 'vitest';
import { LINE } from './testing/line.js';
import { Pty } from './testing/pty.js';
import type { Link } from './link.js';
import type { LinkError } from './link-error.js';
import { openSerialLink } from './serial-link.js';

const ptys: Pty[] = [];
const links: Link[] = [];
afterEach(async () => {
  for (const link of links.splice(0)) await link.close();
  for (const pty of ptys.splice(0)) pty.unplug();
});

function newPty(): Pty {
  const pty = new Pty();
  ptys.push(pty);
  return pty;
}

async function openOn(path: string) {
  const heard: Buffer[] = [];
  const lost: LinkError[] = [];
  const link = await openSerialLink(path, LINE, {
    data: (chunk) => heard.push(chunk),
    lost: (error) => lost.push(error),
  });
  links.push(link);
  return { link, lost, text: () => Buffer.concat(heard).toString('hex') };
}

test('every byte goes through as it is, both ways', async () => {
  const pty = newPty();
  const { link, text } = await openOn(pty.path);
  const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  pty.write(all);
  await expect.poll(text).toBe(all.toString('hex'));
  expect(link.write(all)).toBe(true);
  await expect.poll(() => Buffer.concat(pty.received).toString('hex')).toBe(all.toString('hex'));
});

test('an unplug is noticed at once, by itself, and told once', async () => {
  const pty = newPty();
  const { link, lost, text } = await openOn(pty.path);
  pty.write(Buffer.from([1]));
  await expect.poll(text).toBe('01');
  pty.unplug();
  await expect.poll(() => lost.map(({ code }) => code)).toEqual(['link_lost']);
  expect(link.write(Buffer.from('x'))).toBe(false);
  await link.close();
  expect(lost).toHaveLength(1);
});

test('an unplug before anything has come is noticed by itself', async () => {
  const pty = newPty();
  const { lost } = await openOn(pty.path);
  pty.unplug();
  await expect.poll(() => lost.map(({ code }) => code)).toEqual(['link_lost']);
});

test('what the port does not take at once goes out when it does, and is not taken twice', async () => {
  const pty = newPty();
  const { link } = await openOn(pty.path);
  // More than a pseudo-terminal holds while nobody reads.
  const all = Buffer.from(Array.from({ length: 100_000 }, (_, i) => i % 251));
  expect(link.write(all)).toBe(true);
  expect(link.write(all)).toBe(false);
  await expect.poll(() => Buffer.concat(pty.received).equals(all)).toBe(true);
  await expect.poll(() => link.write(Buffer.from('x'))).toBe(true);
});

test('closed by ourselves it reports nothing, and the port can be opened again', async () => {
  const pty = newPty();
  const first = await openOn(pty.path);
  await first.link.close();
  const second = await openOn(pty.path);
  pty.write(Buffer.from([1, 2]));
  await expect.poll(second.text).toBe('0102');
  expect(first.text()).toBe('');
  expect(first.lost).toEqual([]);
});

test('a port that another link holds', async () => {
  const pty = newPty();
  await openOn(pty.path);
  await expect(openOn(pty.path)).rejects.toMatchObject({ code: 'port_busy' });
});

test('a port that is not there, and one that is none', async () => {
  await expect(openOn('/dev/none')).rejects.toMatchObject({ code: 'port_missing' });
  await expect(openOn(tmpdir())).rejects.toMatchObject({ code: 'port_unsuitable' });
});
