import { silentLog } from '@elmetron/protocol';
import { expect, it } from 'vitest';
import { tellWhatIsOpen } from './what-is-open.js';

function told(host: string, allowed_hosts: string[] = []): string[] {
  const said: string[] = [];
  const log = { ...silentLog, warn: (_: object, message: string) => said.push(message) };
  tellWhatIsOpen({ host, port: 8050, allowed_hosts }, log);
  return said;
}

it('a page for this computer alone says nothing', () => {
  expect([...told('127.0.0.1'), ...told('localhost'), ...told('::1')]).toEqual([]);
});

it.each([
  ['0.0.0.0', [], '0.0.0.0:8050'],
  ['192.168.1.5', [], '192.168.1.5:8050'],
  ['127.0.0.1', ['lab-3.example.org'], 'lab-3.example.org'],
])('one at %s %j says what it opens, and where', (host, allowed, where) => {
  const [said] = told(host, allowed);
  for (const word of [where, 'readings', 'logs', 'notes', 'encrypted'])
    expect(said).toContain(word);
});
