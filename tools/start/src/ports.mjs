/** Finds the ports that another program has already, before our processes stumble over them. */
import { connect } from 'node:net';

/** @typedef {import('@elmetron/runtime').AppConfig} AppConfig */

/** The ports of this machine that the capture will listen on, by configuration key. @param {AppConfig} app */
const ofCapture = ({ acquisition, monitoring }) => ({
  'acquisition.endpoint': portOf(acquisition.endpoint),
  'acquisition.live_endpoint': portOf(acquisition.live_endpoint),
  'monitoring.acquisition_port': monitoring.acquisition_port,
  'monitoring.writer_port': monitoring.writer_port,
});

/** Of what can be done without. @param {AppConfig} app */
const ofPage = ({ dashboard }) => ({ 'dashboard.port': dashboard.port });

/** @param {string} endpoint */
const portOf = (endpoint) => Number(/^tcp:\/\/.*:(\d+)$/.exec(endpoint)?.[1] ?? 0);

/**
 * @param {AppConfig} app
 * @returns {Promise<{ capture: string[], page: string[] }>} one sentence for each port that is taken
 */
export async function takenPorts(app) {
  const [capture, page] = await Promise.all([sentences(ofCapture(app)), sentences(ofPage(app))]);
  return { capture, page };
}

/** @param {Record<string, number>} wanted */
async function sentences(wanted) {
  const checked = await Promise.all(
    Object.entries(wanted)
      .filter(([, port]) => port > 0)
      .map(async ([key, port]) => ({ key, port, taken: await isTaken(port) })),
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
