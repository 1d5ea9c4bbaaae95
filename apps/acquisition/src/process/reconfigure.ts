/**
 * The configuration read again while running: what concerns the meter, the way to it and the alarms takes
 * effect at once, the rest at the next start.
 */
import type { Log } from '@elmetron/protocol';
import type { AppConfig, Config } from '@elmetron/runtime';
import type { AlarmWatch } from '../alarms/alarm-watch.js';
import type { Capture, CaptureSettings } from '../meter/capture.js';
import { captureSettings, settingsChange } from '../meter/settings.js';
import type { Recorder } from '../session/recorder.js';

export interface ReconfigureParts {
  readonly capture: Pick<Capture, 'profile' | 'stop' | 'use' | 'start'>;
  readonly recorder: Pick<Recorder, 'close' | 'describe'>;
  readonly alarms: Pick<AlarmWatch, 'use'>;
  readonly crashed: (error: unknown) => void;
  /** Aborted when the process is stopping: nothing is started again then. */
  readonly signal: AbortSignal;
  readonly log: Log;
}

export class Reconfiguration {
  readonly #parts: ReconfigureParts;
  readonly #app: AppConfig;
  #settings: CaptureSettings;

  constructor(parts: ReconfigureParts, config: Config) {
    this.#parts = parts;
    this.#app = config.app;
    this.#settings = captureSettings(config);
  }

  /** Never to be called again before it has settled. */
  async apply(config: Config): Promise<void> {
    const { capture, recorder, alarms, crashed, signal, log } = this.#parts;
    if (signal.aborted) return;
    const settings = captureSettings(config);
    const change = settingsChange(this.#settings, settings, capture.profile);
    this.#sayWhatWaits(config.app);
    recorder.describe(config.app.device.metadata);
    alarms.use(config.app.alarms);
    if (change === 'none') {
      log.info({}, 'configuration read again: nothing has changed for the meter in use');
      return;
    }
    log.info(
      { change, profile: settings.profiles[0].name, port: settings.port },
      'configuration read again',
    );
    await capture.stop();
    if (change === 'profile') recorder.close('profile_switch');
    this.#settings = settings;
    capture.use(settings);
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- it may have been aborted while waiting
    if (!signal.aborted) capture.start(crashed);
  }

  #sayWhatWaits(app: AppConfig): void {
    const sections = (['acquisition', 'monitoring', 'log'] as const).filter(
      (section) => JSON.stringify(app[section]) !== JSON.stringify(this.#app[section]),
    );
    if (sections.length > 0) {
      this.#parts.log.warn(
        { sections },
        `changed in the configuration, but only used after a restart: [${sections.join('], [')}]`,
      );
    }
  }
}
