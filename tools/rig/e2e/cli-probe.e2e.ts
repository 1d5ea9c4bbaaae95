/** Asking a meter once, and what is said of each reason why it does not answer. */
import { chmodSync, chownSync, realpathSync } from 'node:fs';
import { expect } from 'vitest';
import { finished, freePorts, type Bench, type Finished } from '@elmetron/rig';
import { test } from './on-a-bench.js';
import { asNobody, groupId } from './other-user.js';

const METER = 'data/demo/meter';

const value = ({ out }: Finished): unknown => JSON.parse(out[0] ?? 'null');
const probe = (bench: Bench, ...args: string[]) => bench.elmetron('probe', ...args, '--json');

test('a meter that answers, over a serial port and over the network', async ({ open }) => {
  const bench = await open();
  const [port = 0] = await freePorts(1);
  const tcp = `127.0.0.1:${String(port)}`;
  await bench.startMeter('--path', bench.path(METER), '--tcp', tcp, '--serial', 'EMU00042');
  for (const at of [[], [METER], [`tcp://${tcp}`]]) {
    const asked = await probe(bench, ...at);
    expect(asked.code, asked.err).toBe(0);
    expect(value(asked)).toMatchObject({
      outcome: 'reading',
      model: 'CX-505',
      serial: 'EMU00042',
      decoded: { unit: 'pH' },
    });
  }
});

test('why there is no answer, each apart from the others', async ({ open }) => {
  const bench = await open({ profile: { read_timeout_ms: 300 } });
  const meter = await bench.startMeter('--silent');
  expect(value(await probe(bench))).toMatchObject({ outcome: 'silent' });

  const [nobody = 0] = await freePorts(1);
  expect(value(await probe(bench, '/dev/none'))).toMatchObject({ code: 'port_missing' });
  expect(value(await probe(bench, `tcp://127.0.0.1:${String(nobody)}`))).toMatchObject({
    code: 'host_unreachable',
  });
  expect(value(await probe(bench, bench.dir))).toMatchObject({ code: 'port_unsuitable' });
  await meter.stop();
  const gone = await bench.elmetron('probe');
  expect(gone.code).toBe(1);
  expect(gone.err).toContain('The emulated meter does not run');
  expect((await bench.elmetron('probe', '--profile', 'none')).code).toBe(2);
  expect((await bench.elmetron('probe', '--baud', 'fast')).code).toBe(2);
});

test('without permission, the group to join is named', async ({ open, skip }) => {
  const under = asNobody();
  if (under === undefined || Number.isNaN(groupId('dialout'))) {
    skip('needs root, setpriv, a group dialout, and programs that anybody may read');
  }
  const bench = await open();
  await bench.startMeter();
  chmodSync(bench.dir, 0o755);
  const port = realpathSync(bench.path(METER));
  // As a distribution leaves a serial port: to root and one group.
  chownSync(port, 0, groupId('dialout'));
  chmodSync(port, 0o660);
  const asked = await finished(bench.startElmetronUnder(under ?? [], 'probe', port, '--json'));
  expect(asked.code).toBe(1);
  expect(value(asked)).toMatchObject({ code: 'port_forbidden' });
  expect((value(asked) as { message: string }).message).toContain('usermod -aG dialout');
});

test('ports are listed, or it is said that there are none', async ({ open }) => {
  const bench = await open();
  const { code, out, err } = await bench.elmetron('ports', '--json');
  if (out.length > 0) {
    expect(code).toBe(0);
    for (const line of out) expect(JSON.parse(line)).toHaveProperty('looks_like_a_meter');
  } else {
    expect([1, 3]).toContain(code);
    expect(JSON.parse(err)).toHaveProperty('error.code');
  }
});
