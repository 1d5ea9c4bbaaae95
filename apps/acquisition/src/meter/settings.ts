/** What the configuration says about the meter and the way to it. */
import type { AppConfig, Profiles } from '@elmetron/runtime';
import { RuntimeError } from '@elmetron/runtime';
import type { CaptureSettings } from './capture.js';
import { meterProfile, sameProfile, type MeterProfile } from './profile.js';

/** @throws RuntimeError `config_invalid` when a profile is not there. */
export function captureSettings(config: {
  readonly app: AppConfig;
  readonly profiles: Profiles;
}): CaptureSettings {
  const { device } = config.app;
  const named = (name: string): MeterProfile => {
    const profile = config.profiles[name];
    if (profile !== undefined) return meterProfile(name, profile);
    const known = Object.keys(config.profiles).join(', ');
    throw new RuntimeError(
      'config_invalid',
      `There is no profile "${name}" in protocols.toml (there are: ${known}).`,
    );
  };
  return {
    port: device.port,
    profiles: [named(device.profile), ...device.fallback_profiles.map(named)],
  };
}

export type SettingsChange = 'none' | 'link' | 'profile';

/**
 * What a new configuration means for the meter in use: nothing, another link to what may well be the
 * same meter, or another way to talk to it, which ends the session.
 */
export function settingsChange(
  before: CaptureSettings,
  after: CaptureSettings,
  inUse: MeterProfile,
): SettingsChange {
  const wanted = !sameProfile(before.profiles[0], after.profiles[0]);
  const gone = !after.profiles.some((profile) => sameProfile(profile, inUse));
  if (wanted || gone) return 'profile';
  if (before.port !== after.port) return 'link';
  return JSON.stringify(before.profiles) === JSON.stringify(after.profiles) ? 'none' : 'link';
}
