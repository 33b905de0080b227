import { z } from 'zod'
import { count, timeMs } from './common.ts'

export const uploadStatus = z
  .object({
    id: z.string(),
    /** Of its file, made harmless. */
    name: z.string(),
    bytes: count,
    received: count,
    /** What to submit, once the upload is complete. */
    input: z.string().nullable(),
    /** A project uses it as its source: it stays until that project is removed. */
    used: z.boolean(),
    createdAtMs: timeMs,
    /** When it is deleted, unless more data arrives or it is submitted. */
    expiresAtMs: timeMs.nullable()
  })
  .meta({ id: 'Upload' })

export type UploadStatus = z.infer<typeof uploadStatus>
