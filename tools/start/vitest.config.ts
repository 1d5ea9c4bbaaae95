import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['@elmetron/source'] },
  ssr: { resolve: { conditions: ['@elmetron/source'] } },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
});
