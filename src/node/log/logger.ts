import { destination, multistream, pino, stdTimeFunctions, type Logger } from 'pino'
import type { LogRing } from './log-ring.ts'
import type { Config } from '../config/types.ts'

/**
 * Structured lines on stderr: readable ones on a terminal, JSON otherwise. Written by this thread: a worker thread for it would take 30 MB. The ring gets what is written, and
 * `info` and above whatever is written.
 */
export async function createLogger(level: Config['logLevel'], ring: Pick<LogRing, 'write'>): Promise<Logger> {
  const isQuiet = level === 'silent' || pino.levels.values[level]! > pino.levels.values['info']!
  const kept = isQuiet ? 'info' : level
  const streams = [{ level: kept, stream: ring }, ...(level === 'silent' ? [] : [{ level, stream: await stderr() }])]
  return pino({ level: kept, base: null, timestamp: stdTimeFunctions.isoTime }, multistream(streams))
}

async function stderr(): Promise<{ write: (line: string) => void }> {
  if (!process.stderr.isTTY) return destination({ dest: 2, sync: true })
  const { default: pretty } = await import('pino-pretty')
  return pretty({ destination: 2, sync: true })
}
