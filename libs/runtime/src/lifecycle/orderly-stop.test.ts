import { describe, expect, it } from 'vitest';
import { silentLog } from '@elmetron/protocol';
import { OrderlyStop } from './orderly-stop.js';

function setup(withinMs = 1000) {
  const events: string[] = [];
  const log = {
    ...silentLog,
    error: (fields: object) => events.push(`error ${'part' in fields ? String(fields.part) : ''}`),
  };
  const stop = new OrderlyStop({ withinMs, log, exit: (code) => events.push(`exit ${code}`) });
  const part = (name: string) => stop.add(name, () => void events.push(name));
  return { stop, events, part, ended: () => expect.poll(() => events.at(-1)).toMatch(/^exit/) };
}
const started = Promise.resolve();

describe('an orderly stop', () => {
  it('closes the parts one after another, the last made first', async () => {
    const { stop, events, part, ended } = setup();
    part('first');
    stop.add('second', async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      events.push('second');
    });
    part('third');
    stop.begin(0, started);
    expect(stop.signal.aborted).toBe(true);
    await ended();
    expect(events).toEqual(['third', 'second', 'first', 'exit 0']);
  });

  it('happens once, with the highest code that was asked for', async () => {
    const { stop, events, part, ended } = setup();
    part('only');
    stop.begin(0, started);
    stop.begin(1, started);
    stop.begin(0, started);
    await ended();
    expect(events).toEqual(['only', 'exit 1']);
  });

  it('lets a start finish first, so that its parts are closed too', async () => {
    const { stop, events, part, ended } = setup();
    let finishStart = () => {};
    stop.begin(0, new Promise((resolve) => (finishStart = resolve)));
    part('made while stopping');
    finishStart();
    await ended();
    expect(events).toEqual(['made while stopping', 'exit 0']);
  });

  it('goes on after a part that cannot be closed, and says so', async () => {
    const { stop, events, part, ended } = setup();
    part('first');
    stop.add('broken', () => {
      throw new Error('why');
    });
    stop.add('broken later', () => Promise.reject(new Error('why')));
    stop.begin(0, started);
    await ended();
    expect(events).toEqual(['error broken later', 'error broken', 'first', 'exit 1']);
  });

  it('has its time, names what took longer, and ends all the same', async () => {
    const { stop, events, part, ended } = setup(20);
    part('never reached');
    stop.add('slow', () => new Promise(() => {}));
    stop.begin(0, started);
    await ended();
    expect(events).toEqual(['error slow', 'exit 1']);
  });
});
