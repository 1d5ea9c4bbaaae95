/** The two kinds of hook, with real programs and a real server. */
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { AlarmNotice } from './notice.js';
import { webHook } from './post-notice.js';
import { commandHook } from './run-command.js';

const NOTICE: AlarmNotice = {
  event: 'entered',
  message: 'µS/cm above 8',
  at: '2026-01-01T00:00:00.000Z',
  source: 'bench-1',
  session: 'a-session',
  model: 'CX-505',
  serial: 'T/0001',
  emulated: false,
  alarm: 'high',
  unit: 'µS/cm',
  limit: 8,
  value: 8.3,
};
const never = new AbortController().signal;

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'hook-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

/** A hook of Node that runs this script. */
function script(source: string) {
  const path = join(dir, 'hook.cjs');
  writeFileSync(path, source);
  return commandHook([process.execPath, path, dir]);
}

describe('a command', () => {
  test('gets the notice as JSON on its input and the commonest of it as environment', async () => {
    const hook = script(`
      const { readFileSync, writeFileSync } = require('node:fs');
      const { ELMETRON_EVENT, ELMETRON_ALARM, ELMETRON_UNIT, ELMETRON_VALUE } = process.env;
      const env = [ELMETRON_EVENT, ELMETRON_ALARM, ELMETRON_UNIT, ELMETRON_VALUE];
      writeFileSync(process.argv[2] + '/got', JSON.stringify([JSON.parse(readFileSync(0)), env]));
    `);
    await hook(NOTICE, never);
    expect(JSON.parse(readFileSync(join(dir, 'got'), 'utf8'))).toEqual([
      NOTICE,
      ['entered', 'high', 'µS/cm', '8.3'],
    ]);
  });

  test('may leave its input alone', async () => {
    await commandHook([process.execPath, '-e', ''])(NOTICE, never);
  });

  test('that fails says how, with its last words', async () => {
    const hook = script(`console.error('no such\\nnumber'); process.exitCode = 3;`);
    await expect(hook(NOTICE, never)).rejects.toThrow(/ended with exit code 3: no such number$/);
  });

  test('that is not there is a failure', async () => {
    await expect(commandHook([join(dir, 'none')])(NOTICE, never)).rejects.toThrow('ENOENT');
  });

  test('that hangs is killed, and with it what it has started', async () => {
    const hook = script(`
      const { spawn } = require('node:child_process');
      const { writeFileSync } = require('node:fs');
      process.on('SIGTERM', () => {});
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
      writeFileSync(process.argv[2] + '/pids', process.pid + ' ' + child.pid);
      setInterval(() => {}, 1000);
    `);
    const controller = new AbortController();
    const call = hook(NOTICE, controller.signal);
    const failed = expect(call).rejects.toThrow('SIGKILL');
    const path = join(dir, 'pids');
    await vi.waitFor(() => {
      expect(existsSync(path) && readFileSync(path, 'utf8')).toMatch(/^\d+ \d+$/);
    }, 15_000);
    controller.abort();
    await failed;
    for (const pid of readFileSync(path, 'utf8').split(' ').map(Number)) {
      await vi.waitFor(() => {
        expect(isAlive(pid)).toBe(false);
      }, 15_000);
    }
  });
});

/** A process that has ended and that nobody has asked about counts as ended. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = `/proc/${String(pid)}/stat`;
  return !existsSync(stat) || !readFileSync(stat, 'latin1').includes(') Z ');
}

async function server(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const made = createServer(answer).listen(0, '127.0.0.1');
  await once(made, 'listening');
  onTestFinished(() => {
    made.closeAllConnections();
    made.close();
  });
  return `http://127.0.0.1:${String((made.address() as AddressInfo).port)}/key-123`;
}

describe('a web address', () => {
  test('gets the notice as JSON by POST', async () => {
    let got: unknown;
    const url = await server((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const { method, headers } = request;
        got = [method, headers['content-type'], JSON.parse(Buffer.concat(parts).toString())];
        response.writeHead(204).end();
      });
    });
    await webHook(url)(NOTICE, never);
    expect(got).toEqual(['POST', 'application/json; charset=utf-8', NOTICE]);
  });

  test('that answers with an error has not been told; its key is not said', async () => {
    const url = await server((_, response) => response.writeHead(500).end('no'));
    await expect(webHook(url)(NOTICE, never)).rejects.toThrow(
      /^http:\/\/127\.0\.0\.1:\d+ answered 500$/,
    );
  });

  test('that is not there is a failure with its reason', async () => {
    const url = await server(() => undefined);
    const { port } = new URL(url);
    const closed = `http://127.0.0.1:${String(Number(port) === 1 ? 2 : 1)}/`;
    await expect(webHook(closed)(NOTICE, never)).rejects.toThrow(/cannot be reached: /);
  });

  test('that does not answer is given up', async () => {
    const url = await server(() => undefined);
    const controller = new AbortController();
    const failed = expect(webHook(url)(NOTICE, controller.signal)).rejects.toThrow();
    controller.abort();
    await failed;
  });
});
