import type { TestModule } from 'vitest/node'

/** When a file ran, in milliseconds of one clock. */
export interface Span {
  readonly startMs: number
  readonly endMs: number
}

/** What a file or a test took. */
export interface Timing {
  readonly name: string
  readonly seconds: number
}

/** What a file took, when, and its tests. */
export interface FileTiming extends Timing {
  readonly project: string
  readonly span: Span
  readonly tests: readonly Timing[]
  /** Processor time, where the system says it. */
  readonly processorSeconds?: number | undefined
}

const SLOWEST = 15
/** Faster ones are not worth a line. */
const SECONDS_MIN = 1

/** The timing of a file that has run. */
export function fileTiming(module: TestModule, span: Span): FileTiming {
  const { relativeModuleId: name, project } = module
  const tests = [...module.children.allTests()].map((test) => ({
    name: `${name} > ${test.fullName}`,
    seconds: (test.diagnostic()?.duration ?? 0) / 1000
  }))
  const { processorSeconds } = module.meta()
  return { name, project: project.name, span, tests, processorSeconds, seconds: (span.endMs - span.startMs) / 1000 }
}

const line = (seconds: number, text: string): string => `${seconds.toFixed(1).padStart(8)} s  ${text}`

/** The slowest first, an entry a line, under a heading; no line at all where all are fast. */
function slowest(heading: string, timings: readonly Timing[]): string[] {
  const slow = timings.filter(({ seconds }) => seconds >= SECONDS_MIN).toSorted((a, b) => b.seconds - a.seconds)
  if (slow.length === 0) return []
  return [heading, ...slow.slice(0, SLOWEST).map(({ name, seconds }) => line(seconds, name))]
}

const processor = (seconds: number | undefined): string =>
  seconds === undefined ? '' : `, ${seconds.toFixed(1)} s of processor time`

function sumOf(files: readonly FileTiming[]): number | undefined {
  const known = files.flatMap(({ processorSeconds }) => processorSeconds ?? [])
  return known.length === 0 ? undefined : known.reduce((total, seconds) => total + seconds, 0)
}

/** A project a line: seconds from the start of its first file to the end of its last, and the sum over its files, which is more where files ran side by side. */
function projects(files: readonly FileTiming[]): string[] {
  const byProject = Map.groupBy(files, ({ project }) => project)
  return [...byProject].map(([project, own]) => {
    const startMs = Math.min(...own.map(({ span }) => span.startMs))
    const endMs = Math.max(...own.map(({ span }) => span.endMs))
    const sum = own.reduce((total, { seconds }) => total + seconds, 0)
    return line(
      (endMs - startMs) / 1000,
      `${project}: ${own.length} files, ${sum.toFixed(1)} s in all of them${processor(sumOf(own))}`
    )
  })
}

/** What a run took: each project, then the slowest files and tests. */
export function timingLines(files: readonly FileTiming[]): string[] {
  if (files.length === 0) return []
  const tests = files.flatMap((file) => file.tests)
  const named = files.map(({ name, seconds, processorSeconds }) => ({
    name: `${name}${processor(processorSeconds)}`,
    seconds
  }))
  return ['Projects', ...projects(files), ...slowest('Slowest files', named), ...slowest('Slowest tests', tests)]
}
