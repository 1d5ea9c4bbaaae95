/**
 * The binding reports a failed open as a sentence only. This turns it into a cause with a code and
 * tells the person the way out: which group to join, what to plug in, what to close.
 */
import { readFile, stat } from 'node:fs/promises';
import { LinkError, type LinkErrorCode } from './link-error.js';

export async function serialFailure(
  path: string,
  error: Error,
  platform: NodeJS.Platform = process.platform,
  groupFile = '/etc/group',
): Promise<LinkError> {
  const said = error.message.replace(/^Error:? ?/, '');
  const fail = (code: LinkErrorCode, message: string): LinkError =>
    new LinkError(code, message, { cause: error });

  // Windows says "Access denied" for a port that is open elsewhere; it knows no group for ports.
  if (
    /cannot lock port|resource busy|resource temporarily unavailable/i.test(said) ||
    (platform === 'win32' && /access (is )?denied/i.test(said))
  ) {
    return fail(
      'port_busy',
      `${path} is held by another program: end that program (or a second acquisition on this port).`,
    );
  }
  if (/permission denied|access (is )?denied|operation not permitted/i.test(said)) {
    const group = await groupOf(path, groupFile);
    const join =
      group === undefined || group === 'root'
        ? `give this user read and write access to it`
        : `add this user to its group with "sudo usermod -aG ${group} <user>" and log in again`;
    return fail('port_forbidden', `No permission to open ${path}: ${join}.`);
  }
  if (/no such (file|device)|file not found|cannot find/i.test(said)) {
    return fail(
      'port_missing',
      `There is no port ${path}: plug the meter in, or name another port ([device] port; "auto" takes ` +
        `the first FTDI adapter).`,
    );
  }
  return fail(
    'port_unsuitable',
    `${path} does not open as a serial port (${said}): correct [device] port or the line settings of ` +
      `the profile.`,
  );
}

async function groupOf(path: string, groupFile: string): Promise<string | undefined> {
  try {
    const { gid } = await stat(path);
    for (const line of (await readFile(groupFile, 'latin1')).split('\n')) {
      const [name, , id] = line.split(':');
      if (name !== undefined && id === String(gid)) return name;
    }
  } catch {
    // The advice is then given without a name.
  }
  return undefined;
}
