import { LOG_LEVELS, type LogLine } from '../../api/schemas/index.ts'
import { readLine } from './read-line.ts'
import type { LogQuery, LogsPort } from '../../api/ports.ts'

const LINES_MAX = 5_000
const BYTES_MAX = 4 << 20
/** What a kept line takes besides its texts, roughly. */
const LINE_BYTES = 200

/** The last lines of this node's log, in memory. */
export interface LogRing extends LogsPort {
  /** Takes a line as pino writes it. */
  write: (json: string) => void
  /** A secret that is blotted out wherever it shows up from now on. */
  hide: (secret: string) => void
}

export interface LogRingInit {
  readonly linesMax?: number
  readonly bytesMax?: number
}

export function createLogRing({ linesMax = LINES_MAX, bytesMax = BYTES_MAX }: LogRingInit = {}): LogRing {
  const lines: { readonly line: LogLine; readonly bytes: number }[] = []
  const listeners = new Set<(line: LogLine) => void>()
  const secrets = new Set<string>()
  let number = 0
  let bytes = 0

  function keep(line: LogLine): void {
    const size = LINE_BYTES + 2 * (line.message.length + line.fields.length)
    lines.push({ line, bytes: size })
    bytes += size
    while (lines.length > linesMax || bytes > bytesMax) bytes -= lines.shift()?.bytes ?? 0
  }

  return {
    write: (json) => {
      let text = json
      for (const secret of secrets) text = text.replaceAll(secret, '[secret]')
      const line = readLine(text, number + 1)
      if (line == null) return
      number += 1
      keep(line)
      for (const listener of listeners) {
        // To log what it threw could come here again and again.
        try {
          listener(line)
        } catch {}
      }
    },
    hide: (secret) => void secrets.add(secret),
    list: (query) => {
      const matching = lines.map(({ line }) => line).filter((line) => matches(line, query))
      // After a number the next ones, otherwise the last ones.
      const items = query.after == null ? matching.slice(-query.limit) : matching.slice(0, query.limit)
      const isAll = items.length === matching.length || query.after == null
      return { items, next: isAll ? number : (items.at(-1)?.number ?? number) }
    },
    onLine: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    }
  }
}

const rank = (level: LogLine['level']): number => LOG_LEVELS.indexOf(level)

function matches(line: LogLine, { level, project, peer, text, after }: LogQuery): boolean {
  if (after != null && line.number <= after) return false
  if (level != null && rank(line.level) < rank(level)) return false
  if (project != null && line.project !== project) return false
  if (peer != null && line.peer !== peer) return false
  const wanted = text?.toLowerCase() ?? ''
  return wanted === '' || line.message.toLowerCase().includes(wanted) || line.fields.toLowerCase().includes(wanted)
}
