import { destination, pino, stdTimeFunctions, type Logger } from 'pino'
import type { Config } from './types.ts'

/** Structured lines on stderr: readable ones on a terminal, JSON otherwise. Written by this thread: a worker thread for it would take 30 MB. */
export async function createLogger(level: Config['logLevel']): Promise<Logger> {
  const options = { level, base: null, timestamp: stdTimeFunctions.isoTime }
  if (!process.stderr.isTTY) return pino(options, destination({ dest: 2, sync: true }))
  const { default: pretty } = await import('pino-pretty')
  return pino(options, pretty({ destination: 2, sync: true }))
}
