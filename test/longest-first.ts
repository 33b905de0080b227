import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * Files that take longest, longest first: one that begins last would keep one core busy while the others are idle.
 * Only an order: what the last run on this machine took comes first, and this list stands in where there was none, as in a fresh clone.
 */
export const SLOW_FILES = [
  'test/sim/scenarios.test.ts',
  'test/sim/mutants.test.ts',
  'test/sim/seeds.test.ts',
  'test/integration/swarm/stream-traps.test.ts',
  'test/integration/swarm/command-exchange.test.ts',
  'test/integration/swarm/private-swarm.test.ts',
  'test/integration/api/events.test.ts',
  'test/integration/swarm/blob-exchange-sources.test.ts',
  'test/media/sources.test.ts',
  'test/e2e/waiting.test.ts',
  'test/machines/gate.test.ts',
  'test/e2e/swarm-aom.test.ts',
  'test/media/sources-tracks.test.ts',
  'test/e2e/recovery.test.ts',
  'test/e2e/faults.test.ts',
  'test/integration/encode/node-av.test.ts',
  'test/e2e/queue.test.ts',
  'test/e2e/stranger.test.ts',
  'test/e2e/intake.test.ts',
  'test/e2e/sleep.test.ts',
  'test/e2e/alone.test.ts',
  'test/integration/encode/join-clock.test.ts',
  'test/e2e/again.test.ts',
  'test/e2e/control.test.ts',
  'test/integration/encode/containers.test.ts',
  'test/e2e/package.test.ts',
  'test/e2e/builds.test.ts',
  'test/browser/film.test.ts',
  'test/integration/encode/prepare.test.ts',
  'test/integration/encode/join-header.test.ts',
  'test/integration/encode/keep-uids.test.ts',
  'test/integration/encode/scenes.test.ts',
  'test/e2e/full-disk.test.ts',
  'test/e2e/zones.test.ts',
  'test/e2e/idle.test.ts',
  'test/e2e/manners.test.ts'
] as const

/** Between the slowest and those that are not listed. */
const LISTED_MS = 20_000

/** Orders the files of all projects of one group together. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const expectedMs = (file: TestSpecification): number => {
      const last = this.ctx.cache.getTestSpecificationResult(file)
      if (last != null) return last.duration
      const place = SLOW_FILES.findIndex((name) => file.moduleId.endsWith(name))
      return place < 0 ? 0 : LISTED_MS + SLOW_FILES.length - place
    }
    const order = (file: TestSpecification): number => file.project.config.sequence.groupOrder
    return files.toSorted((a, b) => order(a) - order(b) || expectedMs(b) - expectedMs(a))
  }
}
