import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['@elmetron/source'] },
  ssr: { resolve: { conditions: ['@elmetron/source'] } },
  test: {
    include: ['src/**/*.test.ts'],
    environment: 'node',
    // The longest suite: with the one worker that two cores give by default it outlasts all others.
    maxWorkers: 2,
    // Finds what hangs, not what a busy machine makes slow.
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
});
