import { describe, expect, it } from 'vitest';
import { parseCommand } from './command.js';

describe('command', () => {
  it.each([
    ['{"command":"unplug"}', { command: 'unplug' }],
    ['{"command":"plug","more":1}', { command: 'plug' }],
    ['{"command":"silence","on":false}', { command: 'silence', on: false }],
    ['{"command":"serial","serial":"EMU00002"}', { command: 'serial', serial: 'EMU00002' }],
    ['{"command":"unit","unit":"µS/cm"}', { command: 'unit', unit: 'µS/cm' }],
    ['{"command":"value","value":"-1.138"}', { command: 'value', value: '-1.138' }],
    ['{"command":"value","value":"-----"}', { command: 'value', value: '-----' }],
    ['{"command":"value","value":null}', { command: 'value', value: undefined }],
    ['{"command":"noise","rate":0.5}', { command: 'noise', rate: 0.5 }],
    ['{"command":"noise","hex":"01FF"}', { command: 'noise', bytes: Buffer.from([1, 255]) }],
    ['{"command":"doubled","next":2}', { command: 'doubled', next: 2 }],
    ['{"command":"rate_limit","per_s":0}', { command: 'rate_limit', perS: 0 }],
    ['{"command":"playback","file":"x"}', { command: 'playback', file: 'x', then: 'silence' }],
  ])('%s', (line, command) => {
    expect(parseCommand(line)).toEqual(command);
  });

  it.each([
    '',
    'unplug',
    'null',
    '{}',
    '{"command":"explode"}',
    '{"command":"silence"}',
    '{"command":"silence","on":"yes"}',
    '{"command":"serial","serial":"too long for it"}',
    '{"command":"serial","serial":""}',
    '{"command":"serial","serial":"EMU#1"}',
    '{"command":"unit","unit":"furlong"}',
    '{"command":"value"}',
    '{"command":"value","value":7}',
    '{"command":"value","value":"12345.678"}',
    '{"command":"noise","rate":2}',
    '{"command":"noise","hex":"0"}',
    '{"command":"doubled"}',
    '{"command":"latency","ms":-1}',
    '{"command":"playback"}',
    '{"command":"playback","file":"x","then":"explode"}',
  ])('refuses %s', (line) => {
    expect(() => parseCommand(line)).toThrow(expect.objectContaining({ code: 'bad_setting' }));
  });
});
