/**
 * Records that are none, among good ones: set aside durably, reported, acknowledged. Good ones
 * that come right behind them are durable first and must wait for them.
 */
import { endsWith } from '../harness/expect-exit.js';
import type { Scenario } from './scenario.js';

export const poison: Scenario = {
  name: 'poison',
  about: 'lines that are no records go to the quarantine, good ones behind them wait',
  checks: 'database',
  config: { storage: { buffer_flush_interval: 1, archive_days: 0 } },
  takenAway: ['wal lost'],
  play: async (stage) => {
    const source = await stage.source();
    // A quarantine on a slow disk: what is good behind a poison is durable long before it.
    const process = stage.start('writer', { inject: 'fsync:delay_exit=100000' });
    const session = source.begin();
    source.measure(session, 1);
    await source.settled(session);
    source.poison(session, Buffer.from('{"v":1,"type":"measurement","crc":"00000000"}'));
    source.measure(session, 3);
    await source.settled(session);
    source.measure(session, 1);
    source.poison(session, Buffer.from([0xff, 0xfe, 0x00, 0x7b, 0x22]));
    source.measure(session, 2);
    source.end(session);
    await source.settled(session);
    await endsWith(0, process.stop());
  },
};
