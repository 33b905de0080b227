import { z } from 'zod'
import { count, timeMs } from './common.ts'

export const directoryEntry = z
  .object({
    name: z.string(),
    /** To ask for next, or to submit. */
    path: z.string(),
    type: z.enum(['folder', 'file']),
    /** Of a file. */
    bytes: count.nullable(),
    modifiedMs: timeMs.nullable()
  })
  .meta({ id: 'DirectoryEntry' })

export type DirectoryEntry = z.infer<typeof directoryEntry>

export const directory = z
  .object({
    /** Null for the list of media folders. */
    path: z.string().nullable(),
    /** Where "up" leads; null from a media folder to their list, and at the list. */
    parent: z.string().nullable(),
    /** Folders first, then video files, by name. */
    entries: z.array(directoryEntry),
    /** There are more than these. */
    more: z.boolean()
  })
  .meta({ id: 'Directory' })

export type Directory = z.infer<typeof directory>
