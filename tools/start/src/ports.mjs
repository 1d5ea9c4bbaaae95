/** Finds the ports that another program has already, before our processes stumble over them. */
import { connect } from 'node:net';

/** @typedef {import('@elmetron/runtime').AppConfig} AppConfig */

/** The ports of this machine that the processes will listen on, by configuration key. @param {AppConfig} app */
function wanted({ acquisition, monitoring }) {
  const entries = Object.entries({
    'acquisition.endpoint': portOf(acquisition.endpoint),
    'acquisition.live_endpoint': portOf(acquisition.live_endpoint),
    'monitoring.acquisition_port': monitoring.acquisition_port,
    'monitoring.writer_port': monitoring.writer_port,
  });
  return entries.filter(([, port]) => port > 0);
}

/** @param {string} endpoint */
const portOf = (endpoint) => Number(/^tcp:\/\/.*:(\d+)$/.exec(endpoint)?.[1] ?? 0);

/**
 * @param {AppConfig} app
 * @returns {Promise<string[]>} one sentence for each port that is taken
 */
export async function takenPorts(app) {
  const checked = await Promise.all(
    wanted(app).map(async ([key, port]) => ({ key, port, taken: await isTaken(port) })),
  );
  return checked
    .filter(({ taken }) => taken)
    .map(({ key, port }) => `port ${port} (${key}) is taken by another program`);
}

/** @param {number} port @returns {Promise<boolean>} */
function isTaken(port) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 1000 });
    const settle = (/** @type {boolean} */ taken) => {
      socket.destroy();
      resolve(taken);
    };
    socket.once('connect', () => settle(true));
    socket.once('timeout', () => settle(false));
    socket.once('error', () => settle(false));
  });
}
