/** The stream's endpoint, or a clear word about who holds it. */
import { ProtocolError, StreamServer, type StreamServerOptions } from '@elmetron/protocol';
import { patiently, type Patience } from '../process/patience.js';

/** @throws ProtocolError `endpoint_busy`, `endpoint_invalid` */
export async function bindStream(
  options: StreamServerOptions,
  patience: Patience,
): Promise<StreamServer> {
  try {
    return await patiently('endpoint_busy', () => StreamServer.bind(options), patience);
  } catch (error) {
    if (!(error instanceof ProtocolError) || error.code !== 'endpoint_busy') throw error;
    throw new ProtocolError(
      'endpoint_busy',
      `The endpoint ${options.endpoint} is taken by another program: stop that program (is another ` +
        `acquisition running?), or change acquisition.endpoint, and writer.sources with it.`,
      { cause: error },
    );
  }
}
