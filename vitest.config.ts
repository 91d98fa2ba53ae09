import { defineConfig } from 'vitest/config'
import { pageAssets } from './scripts/page-assets.ts'

export default defineConfig({
  test: {
    projects: [
      {
        plugins: [{ ...pageAssets(), enforce: 'pre' }],
        test: {
          name: 'unit',
          setupFiles: 'test/helpers/load-parser.ts',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: ['test/journeys/**'],
          // Real processes and random cases: on a busy machine they take their time, and how long is no fault of theirs.
          testTimeout: 30_000,
        },
      },
      {
        plugins: [{ ...pageAssets(), enforce: 'pre' }],
        test: {
          name: 'journeys',
          setupFiles: 'test/helpers/load-parser.ts',
          include: ['test/journeys/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
