import { z } from 'zod'
import { MediaError } from './errors.ts'
import { askAboutFile } from './file-facts.ts'
import type { RunOptions } from './run-options.ts'

const properties = z.record(z.string(), z.unknown()).default({})

const identified = z.object({
  container: z.object({ properties }).default({ properties: {} }),
  tracks: z.array(z.object({ id: z.number(), type: z.string(), properties })).default([])
})

/** A file as mkvmerge describes it. */
export type Identified = z.infer<typeof identified>

/** mkvmerge's description of a file. @throws MediaError `join-failed` */
export async function identify(path: string, options: RunOptions): Promise<Identified> {
  const { stdout } = await askAboutFile('mkvmerge', ['-J', path], path, options)
  const found = identified.safeParse(JSON.parse(stdout || '{}'))
  if (!found.success)
    throw new MediaError('join-failed', 'mkvmerge described a file in a form that grav1 does not know.')
  return found.data
}
