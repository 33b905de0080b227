import { LOG_LEVELS, type LogLine } from '../../api/schemas/index.ts'

/** Longest message, and longest fields, of a line that is kept. */
const TEXT_CHARS_MAX = 2_000

/** A line as pino writes it; undefined for what is none. @param number of the line */
export function readLine(json: string, number: number): LogLine | undefined {
  try {
    const { level, time, msg, projectId, peer, worker, owner, ...others } = JSON.parse(json) as Record<string, unknown>
    const of = peer ?? worker ?? owner
    return {
      number,
      atMs: typeof time === 'string' ? Date.parse(time) : Number(time),
      // pino counts them in tens, from trace = 10.
      level: LOG_LEVELS[Number(level) / 10 - 1] ?? 'info',
      message: typeof msg === 'string' ? msg.slice(0, TEXT_CHARS_MAX) : '',
      project: typeof projectId === 'string' ? projectId : null,
      peer: typeof of === 'string' ? of : null,
      fields: shorten(others)
    }
  } catch {
    return undefined
  }
}

/** JSON however much there is: of an error first the stack goes, then the end of all. */
function shorten(fields: Record<string, unknown>): string {
  const whole = JSON.stringify(fields)
  if (whole.length <= TEXT_CHARS_MAX) return whole
  const { err } = fields
  if (typeof err === 'object' && err != null && 'stack' in err) {
    const { stack: _, ...rest } = err
    return shorten({ ...fields, err: rest })
  }
  // Each quote and backslash takes two characters in JSON text.
  return JSON.stringify({ cut: whole.slice(0, TEXT_CHARS_MAX / 2 - 20) })
}
