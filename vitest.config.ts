import { existsSync } from 'node:fs'
import { defineConfig } from 'vitest/config'
import { SummaryReporter } from './test/reporter.ts'
// The guard at once, before vitest fails on an old Node in a less helpful way.
import './test/setup.ts'

// Where there is no browser its tests are left out, and set-up says so; the gate needs them.
const browserTests = existsSync('/usr/bin/chromium') || process.env['CI'] != null ? [] : ['test/browser/**']

export default defineConfig({
  test: {
    environment: 'node',
    pool: 'forks',
    reporters: ['default', new SummaryReporter()],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/{unit,contract,sim,meta}/**/*.test.ts'],
          setupFiles: ['test/setup.ts'],
          testTimeout: 10_000,
          sequence: { groupOrder: 0 }
        }
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/{integration,media}/**/*.test.ts'],
          setupFiles: ['test/setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // Real encoders: two files at once would starve each other.
          fileParallelism: false,
          sequence: { groupOrder: 1 }
        }
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/{e2e,browser}/**/*.test.ts'],
          exclude: browserTests,
          setupFiles: ['test/setup.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
          sequence: { groupOrder: 2 }
        }
      }
    ]
  }
})
