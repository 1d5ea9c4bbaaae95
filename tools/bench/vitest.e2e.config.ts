import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['@elmetron/source'] },
  ssr: { resolve: { conditions: ['@elmetron/source'] } },
  test: {
    include: ['e2e/**/*.e2e.ts'],
    environment: 'node',
    // One test is a whole run: its own bounds say what took too long.
    testTimeout: 300_000,
    hookTimeout: 30_000,
  },
});
