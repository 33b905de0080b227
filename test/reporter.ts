import type { Reporter, SerializedError, TestModule } from 'vitest/node'
import { type FileTiming, fileTiming, timingLines } from './timings.ts'

/** What a run came to. Whatever kept tests from running counts as failed. */
export interface TestCounts {
  passed: number
  failed: number
  skipped: number
}

/** The last line of every run. */
export const summaryLine = (counts: TestCounts): string =>
  `tests: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`

/** Counts tests, plus one failure for each file that did not load, hook that failed and error outside of tests. */
export function countTests(modules: readonly TestModule[], unhandled: readonly SerializedError[]): TestCounts {
  const counts: TestCounts = { passed: 0, failed: unhandled.length, skipped: 0 }
  for (const module of modules) {
    counts.failed += module.errors().length
    for (const suite of module.children.allSuites()) counts.failed += suite.errors().length
    for (const test of module.children.allTests()) {
      const { state } = test.result()
      counts[state === 'pending' ? 'failed' : state] += 1
    }
  }
  return counts
}

/**
 * Prints what projects and the slowest files took, and {@link summaryLine} as the very last line.
 * Fails the process when anything failed or nothing ran.
 */
export class SummaryReporter implements Reporter {
  #counts: TestCounts | undefined
  readonly #startsMs = new Map<string, number>()
  readonly #files: FileTiming[] = []

  onInit(): void {
    process.once('exit', () => {
      const counts = this.#counts ?? { passed: 0, failed: 1, skipped: 0 }
      if (counts.failed > 0 || counts.passed === 0) process.exitCode ||= 1
      console.log(summaryLine(counts))
    })
  }

  onTestModuleQueued(module: TestModule): void {
    this.#startsMs.set(module.id, performance.now())
  }

  onTestModuleEnd(module: TestModule): void {
    const endMs = performance.now()
    this.#files.push(fileTiming(module, { startMs: this.#startsMs.get(module.id) ?? endMs, endMs }))
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    this.#counts = countTests(modules, unhandled)
    console.log(timingLines(this.#files).join('\n'))
  }
}
