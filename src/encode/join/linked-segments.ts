import { type Container, type SegmentUids, segmentUids, type SourceInfo } from '../rules/index.ts'
import { askAboutFile } from '../programs/file-facts.ts'
import { identify } from '../programs/identify.ts'
import { isMatroska } from '../programs/ffprobe.ts'
import type { RunOptions } from '../programs/run-options.ts'

const LOST =
  'The source is one of several linked files. The result gets an id of its own, so the other files no longer link to it'

/** The numbers by which a Matroska file and others find each other. @throws MediaError `join-failed` */
export const readUids = async (path: string, options: RunOptions): Promise<SegmentUids> =>
  segmentUids((await identify(path, options)).container.properties)

/** Whether a file names others by their numbers, as a whole or in its chapters. */
async function isLinked(path: string, options: RunOptions): Promise<boolean> {
  const { previous_segment_uid: previous, next_segment_uid: next } = await readUids(path, options)
  if (previous !== undefined || next !== undefined) return true
  const xml = await askAboutFile('mkvextract', [path, 'chapters'], path, options)
  return /<ChapterSegmentUID/.test(xml.stdout)
}

/** What becomes of the numbers of a source, as sentences for the user. */
export async function uidNotes(
  { path, container: kind }: SourceInfo,
  { keepUids, container }: { readonly keepUids: boolean; readonly container: Container },
  options: RunOptions
): Promise<readonly string[]> {
  const matroska = isMatroska(kind)
  if (keepUids) {
    const { segment_uid: own } = matroska ? await readUids(path, options) : {}
    return own === undefined ? ['The source has no segment UID that --keep-uids could keep.'] : []
  }
  if (!matroska || !(await isLinked(path, options))) return []
  return [container === 'mkv' ? `${LOST}; --keep-uids keeps the source's.` : `${LOST}.`]
}
