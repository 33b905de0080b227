import type { LogLine } from '../../../src/api/schemas/index.ts'

/** Levels to choose from. */
export const LEVELS = ['debug', 'info', 'warn', 'error'] as const satisfies readonly LogLine['level'][]

/** Which lines are shown; empty texts show all. */
export interface Filter {
  readonly level: (typeof LEVELS)[number]
  readonly project: string
  readonly peer: string
  readonly text: string
}

const RANK: Readonly<Record<LogLine['level'], number>> = { trace: 0, debug: 1, info: 2, warn: 3, error: 4, fatal: 5 }

export function fits(line: LogLine, { level, project, peer, text }: Filter): boolean {
  if (RANK[line.level] < RANK[level]) return false
  if (project !== '' && line.project !== project) return false
  if (peer !== '' && line.peer !== peer) return false
  const words = text.toLowerCase()
  return words === '' || `${line.message} ${line.fields}`.toLowerCase().includes(words)
}
