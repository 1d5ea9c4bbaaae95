/** The serial ports of this machine. */
import { listedBy, type ListedPort } from './find-port.js';
import { serialBinding } from './serial-binding.js';

/** Rejects with LinkError `port_missing` where they cannot be listed. */
export function listPorts(): Promise<readonly ListedPort[]> {
  return listedBy(() => serialBinding.list());
}
