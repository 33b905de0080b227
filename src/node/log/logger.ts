import { destination, multistream, pino, stdTimeFunctions, type LevelWithSilent, type Logger } from 'pino'
import type { LogRing } from './log-ring.ts'
import type { LogRoom } from './rooms.ts'

/** People read the log, and they count scenes from 1. */
const serializers = { scene: (scene: unknown): unknown => (typeof scene === 'number' ? scene + 1 : scene) }

/** Where lines go. */
interface Sink {
  write: (line: string) => void
}

/** What of a configuration is about the log. */
export interface LoggerInit {
  readonly logLevel: LevelWithSilent
  /** Rooms that log at `debug`, whatever `logLevel` is. */
  readonly debug: readonly LogRoom[]
}

/**
 * Structured lines: JSON on stderr, or what the sink makes of them. Written by this thread: a worker thread for it would take 30 MB. The ring gets what is written, and
 * `info` and above whatever is written. A room of `debug` (a child with this `role`) writes its `debug` lines whatever the level is; the ring then gets what is written.
 *
 * @param sink - instead of stderr
 */
export function createLogger(
  { logLevel: level, debug }: LoggerInit,
  ring: Pick<LogRing, 'write'>,
  sink: Sink = destination({ dest: 2, sync: true })
): Logger {
  const common = { base: null, timestamp: stdTimeFunctions.isoTime, serializers }
  if (debug.length > 0) {
    const streams = [ring, sink].map((one) => ({ level: 'trace' as const, stream: one }))
    return pino({ ...common, level, onChild: (child) => raise(child, debug) }, multistream(streams))
  }
  const isQuiet = level === 'silent' || pino.levels.values[level]! > pino.levels.values['info']!
  const kept = isQuiet ? 'info' : level
  const streams = [{ level: kept, stream: ring }, ...(level === 'silent' ? [] : [{ level, stream: sink }])]
  return pino({ ...common, level: kept }, multistream(streams))
}

/** Lets a child of one of these rooms say more. Its own children say as much. */
function raise(child: Logger, rooms: readonly string[]): void {
  const { role } = child.bindings()
  const isRoom = typeof role === 'string' && rooms.includes(role)
  if (isRoom && child.levelVal > pino.levels.values['debug']!) child.level = 'debug'
}
