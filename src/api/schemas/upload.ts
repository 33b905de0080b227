import { z } from 'zod'
import { count, timeMs } from './common.ts'

export const uploadStatus = z
  .object({
    id: z.string(),
    /** Of its file, made harmless. */
    name: z.string(),
    bytes: count,
    received: count,
    /** What to submit, once all of it is here. */
    input: z.string().nullable(),
    /** A project has it as its source: it stays until that is removed. */
    used: z.boolean(),
    createdAtMs: timeMs,
    /** When it is deleted unless something more comes or it is submitted. */
    expiresAtMs: timeMs.nullable()
  })
  .meta({ id: 'Upload' })

export type UploadStatus = z.infer<typeof uploadStatus>
