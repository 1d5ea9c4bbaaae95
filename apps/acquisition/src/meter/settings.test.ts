import { expect, test } from 'vitest';
import { profile } from '../testing/profiles.js';
import type { CaptureSettings } from './capture.js';
import { settingsChange } from './settings.js';

const slow = profile({ name: 'slow', intervalMs: 5000 });
const settings = (changes: Partial<CaptureSettings> = {}): CaptureSettings => ({
  port: '/dev/fake',
  profiles: [profile(), slow],
  ...changes,
});

test('what a new configuration means for the meter in use', () => {
  const to = (after: CaptureSettings, inUse = profile()) =>
    settingsChange(settings(), after, inUse);
  expect(to(settings())).toBe('none');
  expect(to(settings({ port: '/dev/other' }))).toBe('link');
  expect(to(settings({ profiles: [profile()] }))).toBe('link');
  expect(to(settings({ profiles: [slow] }))).toBe('profile');
  expect(to(settings({ profiles: [profile({ readTimeoutMs: 1 }), slow] }))).toBe('profile');
});

test('a fallback in use that is no longer wanted is a switch; one that still is, is none', () => {
  expect(settingsChange(settings(), settings({ profiles: [profile()] }), slow)).toBe('profile');
  expect(settingsChange(settings(), settings({ port: '/dev/other' }), slow)).toBe('link');
});
