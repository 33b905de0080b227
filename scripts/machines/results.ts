/** What became of one step on one machine. */
export interface StepResult {
  readonly machine: string
  readonly step: string
  readonly passed: boolean
  readonly seconds: number
  /** One line: figures, or why it failed. */
  readonly note: string
}

/** A table for people, with columns as wide as they have to be. */
export function resultTable(results: readonly StepResult[]): string {
  const head = ['machine', 'step', 'result', 'seconds', '']
  // Machines worked beside each other: the steps of each one together.
  const byMachine = [...Map.groupBy(results, ({ machine }) => machine).values()].flat()
  const rows = byMachine.map(({ machine, step, passed, seconds, note }) => [
    machine,
    step,
    passed ? 'passed' : 'FAILED',
    seconds.toFixed(0),
    note
  ])
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  return [head, ...rows].map(line).join('\n')
}

/** The last line of a run. */
export function resultLine(results: readonly StepResult[]): string {
  const passed = results.filter((result) => result.passed).length
  return `machines: ${passed} passed, ${results.length - passed} failed`
}

/** What a test run came to, from its last line. */
export function testCounts(output: string): string | undefined {
  return [...output.matchAll(/^tests: (.+)$/gm)].at(-1)?.[1]
}
