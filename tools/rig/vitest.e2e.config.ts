import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['@elmetron/source'] },
  ssr: { resolve: { conditions: ['@elmetron/source'] } },
  test: {
    include: ['e2e/**/*.e2e.ts'],
    environment: 'node',
    // Every test has a bench of its own with several processes: no more workers than processors.
    maxWorkers: 2,
    // Longer than what a test waits for: that says what was missing. Finds what hangs, not what is slow.
    testTimeout: 240_000,
    hookTimeout: 60_000,
    // As in the unit tests: one second, the usual, tells that a machine is busy.
    expect: { poll: { timeout: 15_000 } },
  },
});
