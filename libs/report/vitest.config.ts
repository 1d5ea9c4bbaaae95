import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['@elmetron/source'] },
  ssr: { resolve: { conditions: ['@elmetron/source'] } },
  test: {
    include: ['src/**/*.test.ts'],
    environment: 'node',
    // Finds what hangs, not what a busy machine makes slow.
    testTimeout: 20_000,
    hookTimeout: 20_000,
    expect: { poll: { timeout: 15_000 } },
  },
});
