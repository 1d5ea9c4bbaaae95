import { useState } from 'preact/hooks';
import { recall, remember } from '../app/remember.js';
import { Segmented } from '../app/segmented.js';

const WINDOWS = [
  { value: '60', label: '1 min', spoken: '1 minute' },
  { value: '600', label: '10 min', spoken: '10 minutes' },
  { value: '3600', label: '1 h', spoken: '1 hour' },
  { value: '21600', label: '6 h', spoken: '6 hours' },
  { value: '86400', label: '24 h', spoken: '24 hours' },
] as const;

type Value = (typeof WINDOWS)[number]['value'];

const isWindow = (text: string | null): text is Value =>
  WINDOWS.some(({ value }) => value === text);

/** How much of the past is shown, in seconds; the same the next time. */
export function useWindow(): [number, (seconds: number) => void] {
  const [value, set] = useState<Value>(() => {
    const before = recall('window');
    return isWindow(before) ? before : '600';
  });
  return [
    Number(value),
    (seconds) => {
      const text = String(seconds);
      if (!isWindow(text)) return;
      remember('window', text);
      set(text);
    },
  ];
}

export function WindowChoice({
  seconds,
  onChange,
}: {
  seconds: number;
  onChange: (seconds: number) => void;
}) {
  const text = String(seconds);
  return (
    <Segmented
      label="How much of the past the curve shows"
      value={isWindow(text) ? text : '600'}
      options={WINDOWS}
      onChange={(value) => onChange(Number(value))}
    />
  );
}
