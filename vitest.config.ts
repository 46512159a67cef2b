import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string) => fileURLToPath(new URL(`packages/${path}`, import.meta.url));

// Tests run the sources, not the build: an import of a workspace package resolves to its src.
export default defineConfig({
  resolve: {
    alias: [
      { find: /^@selvage\/([a-z]+)$/, replacement: source('$1/src/index.ts') },
      { find: /^@selvage\/([a-z]+)\/([a-z]+)$/, replacement: source('$1/src/$2/index.ts') },
    ],
  },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'tools/test/**/*.test.ts'],
    // What hangs ends some time; no machine is too slow for what does not.
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
