import { z } from 'zod'
import { count, timeMs } from './common.ts'

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const

export const logLevel = z.enum(LOG_LEVELS)

export const logLine = z
  .object({
    /** Grows by one with each line of this run of the node. */
    number: count,
    atMs: timeMs,
    level: logLevel,
    message: z.string(),
    /** Project id and peer id that it is about, where it names one. */
    project: z.string().nullable(),
    peer: z.string().nullable(),
    /** The other fields, as JSON text of at most 2,000 characters. */
    fields: z.string()
  })
  .meta({ id: 'LogLine' })

export type LogLine = z.infer<typeof logLine>
