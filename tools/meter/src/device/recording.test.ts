import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolders } from '../testing/temporary-folder.js';
import { Playback, readRecording, type Afterwards } from './recording.js';

const folder = temporaryFolders();
const recorded = (...lines: string[]): string => {
  const path = join(folder(), 'recording.jsonl');
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  return path;
};
const tx = (t: number): string => JSON.stringify({ t_ms: t, dir: 'tx', hex: '03' });
const rx = (t: number, hex: string): string => JSON.stringify({ t_ms: t, dir: 'rx', hex });
const piece = (afterMs: number, hex: string) => ({ afterMs, bytes: Buffer.from(hex, 'hex') });

describe('recording', () => {
  it('is read as one list of pieces a poll, timed from the poll', () => {
    const path = recorded(
      rx(1, 'ff'),
      tx(10),
      rx(15.5, '01'),
      rx(40, '02AB'),
      tx(900),
      tx(950),
      rx(960, '03'),
    );
    const answers = readRecording(path);
    expect(answers).toEqual([
      [piece(0, 'ff'), piece(5.5, '01'), piece(30, '02ab')],
      [],
      [piece(10, '03')],
    ]);
  });

  it.each([
    'no json',
    '[]',
    'null',
    '{"t_ms":"1","dir":"tx","hex":"01"}',
    '{"t_ms":1,"dir":"up","hex":"01"}',
    '{"t_ms":1,"dir":"rx","hex":"0"}',
  ])('is refused with a line that is none: %s', (line) => {
    const path = recorded(tx(0), line);
    expect(() => readRecording(path)).toThrow(expect.objectContaining({ code: 'bad_recording' }));
  });

  it('is refused when it is not there or holds no poll', () => {
    for (const path of [join(folder(), 'none'), recorded(), recorded(rx(1, 'ff'))]) {
      expect(() => readRecording(path)).toThrow(expect.objectContaining({ code: 'bad_recording' }));
    }
  });

  const play = (then: Afterwards) => {
    let ended = 0;
    const answers = [[piece(1, '01')], [piece(1, '02')]];
    const playback = new Playback(answers, { then, ended: () => (ended += 1) });
    const said = Array.from({ length: 4 }, () => {
      const reply = playback.reply();
      return reply?.kind === 'recorded' ? reply.pieces[0]?.bytes.toString('hex') : reply?.kind;
    });
    return { said, ended };
  };

  it('falls silent, begins again, or gives way to the live meter', () => {
    expect(play('silence')).toEqual({ said: ['01', '02', 'nothing', 'nothing'], ended: 1 });
    expect(play('loop')).toEqual({ said: ['01', '02', '01', '02'], ended: 0 });
    expect(play('live')).toEqual({ said: ['01', '02', undefined, undefined], ended: 1 });
  });
});
