import { describe, expect, it } from 'vitest';
import { CrashStatesError } from '../crash-states-error.js';
import { fd, text, TraceText } from '../testing/trace-text.js';
import { readCalls } from './calls.js';
import { bytesOf, descriptorOf, splitArguments } from './trace-line.js';

describe('a call', () => {
  it('on one line begins and ends there', () => {
    const trace = new TraceText().write(17, 'a', 4, 'b,"c').toString();
    const [call] = readCalls(trace);
    expect(call).toMatchObject({ name: 'pwrite64', result: 4, start: 0, end: 0 });
    expect(bytesOf(call?.args[1] ?? '').toString()).toBe('b,"c');
    expect(descriptorOf(call?.args[0] ?? '')).toEqual({ fd: 17, path: '/disk/a' });
  });

  it('that another thread interrupts begins where it began and ends where it ended', () => {
    const trace = new TraceText()
      .begins('fdatasync', [fd(3, '/disk/a')], 8)
      .write(4, 'b', 0, 'x')
      .ends('fdatasync', 0, 8)
      .toString();
    expect(readCalls(trace)).toMatchObject([
      { name: 'fdatasync', start: 0, end: 2, result: 0 },
      { name: 'pwrite64', start: 1, end: 1 },
    ]);
  });

  it('of which part of the arguments is told at its end has all of them', () => {
    const trace = `8 1.000000 recvfrom(${fd(5, 'socket:[1]')}, <unfinished ...>\n8 1.100000 <... recvfrom resumed>${text('hi')}, 8192, 0, NULL, NULL) = 2`;
    expect(readCalls(trace)[0]?.args).toEqual([
      fd(5, 'socket:[1]'),
      text('hi'),
      '8192',
      '0',
      'NULL',
      'NULL',
    ]);
  });

  it('that the kill of its process cut off never ends', () => {
    const trace = new TraceText().begins('pwrite64', [fd(3, '/disk/a'), text('x'), '1', '0'], 8);
    const [call] = readCalls(`${trace.toString()}\n8 1001.000000 +++ killed by SIGKILL +++`);
    expect(call).toMatchObject({ name: 'pwrite64', end: undefined, result: undefined });
    expect(call?.args).toHaveLength(4);
  });

  it.each([
    ['its beginning', `pwrite64(${fd(3, '/disk/a')}, ${text('x')}, 1, 0`],
    [
      'its end',
      `pwrite64(${fd(3, '/disk/a')}, ${text('x')}, 1, 0 <unfinished ...>`,
      '<... pwrite64 resumed>',
    ],
  ])('of which strace could not say more than %s never ends', (_, begins, ends = '') => {
    const killed = ' <Cannot restart pid 8 with ptrace(PTRACE_SYSCALL): No such process>';
    const lines = ends === '' ? [`${begins}${killed}`] : [begins, `${ends}${killed}`];
    const [call] = readCalls(lines.map((line) => `8 1.000000 ${line}`).join('\n'));
    expect(call).toMatchObject({ name: 'pwrite64', end: undefined, result: undefined });
    expect(call?.args).toHaveLength(4);
  });

  it('whose process was gone while strace printed it never ends', () => {
    const begins = `pwrite64(${fd(3, '/disk/a')}, ${text('x')}, 1, 0`;
    const [call] = readCalls(`8 1.000000 ${begins} <detached ...>`);
    expect(call).toMatchObject({ name: 'pwrite64', end: undefined, result: undefined });
    expect(call?.args).toHaveLength(4);
  });

  it('in which the process ended never ends', () => {
    expect(readCalls('8 1.000000 exit_group(0) = ?')).toMatchObject([{ end: undefined }]);
  });

  it('that failed tells so, injected or not', () => {
    const trace = new TraceText()
      .on('fsync', 3, 'a', '-1 EIO (Input/output error) (INJECTED)')
      .on('fsync', 3, 'a', '-1 ENOSPC (No space left on device)')
      .toString();
    expect(readCalls(trace).map(({ result }) => result)).toEqual([-1, -1]);
  });

  it.each([
    ['nothing of a trace', 'what is this'],
    ['an end without a beginning', '8 1.000000 <... fsync resumed>) = 0'],
    ['half a line', '8 1.000000 pwrite64(3</disk/a>, "\\x41'],
  ])('is not read from %s', (_, line) => {
    expect(() => readCalls(line)).toThrow(CrashStatesError);
  });
});

it('arguments are cut at their own commas only', () => {
  expect(splitArguments('3<\\x2c>, [{iov_base="\\x41", iov_len=1}, {a=1}], 2')).toEqual([
    '3<\\x2c>',
    '[{iov_base="\\x41", iov_len=1}, {a=1}]',
    '2',
  ]);
  expect(splitArguments('')).toEqual([]);
});

it('bytes that strace has shortened are refused', () => {
  expect(() => bytesOf('"\\x41"...')).toThrow(CrashStatesError);
});
