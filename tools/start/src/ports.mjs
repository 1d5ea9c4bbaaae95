/** Finds the ports that another program has already, before our processes stumble over them. */
import { connect } from 'node:net';
import { hereOf } from './health.mjs';

/** @typedef {import('@elmetron/runtime').AppConfig} AppConfig */
/** @typedef {Pick<AppConfig, 'acquisition' | 'monitoring' | 'dashboard'>} Listeners */

/** The ports of this machine that the capture will listen on, by configuration key. @param {Listeners} app */
const ofCapture = ({ acquisition, monitoring }) => ({
  'acquisition.endpoint': portOf(acquisition.endpoint),
  'acquisition.live_endpoint': portOf(acquisition.live_endpoint),
  'monitoring.acquisition_port': monitoring.acquisition_port,
  'monitoring.writer_port': monitoring.writer_port,
});

/** Of what can be done without. @param {Listeners} app */
const ofPage = ({ dashboard }) => ({ 'dashboard.port': dashboard.port });

/** @param {string} endpoint */
const portOf = (endpoint) => Number(/^tcp:\/\/.*:(\d+)$/.exec(endpoint)?.[1] ?? 0);

/**
 * @param {Listeners} app
 * @returns {Promise<{ capture: string[], page: string[] }>} one sentence for each port that is taken
 */
export async function takenPorts(app) {
  const { host } = app.dashboard;
  const [capture, page] = await Promise.all([
    sentences(ofCapture(app), '127.0.0.1'),
    sentences(ofPage(app), hereOf(host)),
  ]);
  return { capture, page };
}

/** @param {Record<string, number>} wanted @param {string} host */
async function sentences(wanted, host) {
  const checked = await Promise.all(
    Object.entries(wanted)
      .filter(([, port]) => port > 0)
      .map(async ([key, port]) => ({ key, port, taken: await isTaken(port, host) })),
  );
  return checked
    .filter(({ taken }) => taken)
    .map(({ key, port }) => `port ${port} (${key}) is taken by another program`);
}

/** @param {number} port @param {string} host @returns {Promise<boolean>} */
function isTaken(port, host) {
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: 1000 });
    const settle = (/** @type {boolean} */ taken) => {
      socket.destroy();
      resolve(taken);
    };
    socket.once('connect', () => settle(true));
    socket.once('timeout', () => settle(false));
    socket.once('error', () => settle(false));
  });
}
