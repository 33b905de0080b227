import { identify } from './picture-plan.ts'
import { runProcess } from '../programs/process.ts'
import type { RunOptions } from '../programs/run-options.ts'

/** Says whether a Matroska file is one of several that name each other by their numbers, which an encode of it does not keep. */
export async function linksOf(path: string, options: RunOptions): Promise<readonly string[]> {
  const { container } = await identify(path, options)
  const { next_segment_uid: next, previous_segment_uid: previous } = container.properties
  const xml = await runProcess('mkvextract', [path, 'chapters'], { ...options, bytesMax: 16 * 1024 * 1024 })
  const isLinked = next !== undefined || previous !== undefined || /<ChapterSegmentUID/.test(xml.stdout)
  return isLinked
    ? [
        'The source is one of several linked files. The result gets an id of its own, so the other files no longer link to it.'
      ]
    : []
}
