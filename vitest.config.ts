import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { LongestFirst } from './test/longest-first.ts'
import { SummaryReporter } from './test/reporter.ts'
// The guard at once, before vitest fails on an old Node in a less helpful way.
import './test/setup.ts'

// Where there is no browser its tests are left out, and set-up says so; the gate needs them.
const hasBrowser = existsSync('/usr/bin/chromium') || process.env['CI'] != null

/** The gate runs the programs of other systems too, beside the tests: it needs root and a mirror of Debian. */
const hasMachines = process.env['GRAV1_MACHINES'] === '1'

const SET_UP = ['test/setup.ts', 'test/processor-time.ts']

const cores = availableParallelism()

/** They measure how long a page takes, so nothing runs beside them. */
const measured = ['film-scale', 'first-content', 'list-scale'].map((name) => `test/browser/${name}.test.ts`)

/** Only what hangs takes as long: a machine with ten times the work comes to the end of every test before. */
const TIMEOUT_MS = 900_000

/** Files of one group run beside each other, groups one after the other. */
interface Group {
  readonly groupOrder: number
  readonly maxWorkers: number
}

/** A peer that says nothing for a third of a second is slow to some of these, so no encoder runs beside them. */
const NETWORK: Group = { groupOrder: 1, maxWorkers: cores + 2 }

/** They wait for processes, disks and timers more than half of the time. */
const ENCODERS: Group = { groupOrder: 2, maxWorkers: cores + 4 }

interface Files {
  readonly include: string
  readonly group: Group
}

const project = (name: string, { include, group }: Files) => ({
  extends: true as const,
  test: {
    setupFiles: SET_UP,
    ...(group === ENCODERS && { globalSetup: ['test/program.ts'] }),
    maxWorkers: group.maxWorkers,
    name,
    include: [include],
    exclude: measured,
    testTimeout: TIMEOUT_MS,
    hookTimeout: TIMEOUT_MS,
    sequence: { groupOrder: group.groupOrder }
  }
})

const browser = [
  project('browser', { include: 'test/browser/**/*.test.ts', group: ENCODERS }),
  {
    extends: true as const,
    test: {
      name: 'measured',
      include: measured,
      setupFiles: SET_UP,
      testTimeout: TIMEOUT_MS,
      hookTimeout: TIMEOUT_MS,
      maxWorkers: 1,
      sequence: { groupOrder: 3 }
    }
  }
]

export default defineConfig({
  test: {
    environment: 'node',
    pool: 'forks',
    reporters: ['default', new SummaryReporter()],
    sequence: { sequencer: LongestFirst },
    // Only for what hangs, as every deadline of a test: a busy machine comes to it too.
    expect: { poll: { timeout: 60_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/{unit,contract,sim,meta}/**/*.test.ts'],
          setupFiles: SET_UP,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: cores,
          // No file keeps state in a module or changes a global for good: loading all modules anew for each file would take as long as the tests.
          isolate: false,
          sequence: { groupOrder: 0 }
        }
      },
      project('integration', {
        include: 'test/integration/{api,storage,swarm}/**/*.test.ts',
        group: NETWORK
      }),
      project('programs', {
        include: 'test/integration/{*,{encode,node}/**/*}.test.ts',
        group: ENCODERS
      }),
      project('media', { include: 'test/media/**/*.test.ts', group: ENCODERS }),
      project('e2e', { include: 'test/e2e/**/*.test.ts', group: ENCODERS }),
      ...(hasMachines ? [project('machines', { include: 'test/machines/**/*.test.ts', group: ENCODERS })] : []),
      ...(hasBrowser ? browser : [])
    ]
  }
})
