import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          setupFiles: 'test/helpers/load-parser.ts',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: ['test/journeys/**'],
        },
      },
      {
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
