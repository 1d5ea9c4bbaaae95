import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['@elmetron/source'] },
  ssr: { resolve: { conditions: ['@elmetron/source'] } },
  test: {
    include: ['e2e/**/*.e2e.ts'],
    environment: 'node',
    // Every test has a bench of its own, and mostly waits for it: more workers than processors.
    maxWorkers: 4,
    testTimeout: 60_000,
    hookTimeout: 30_000,
  },
});
