import { firstPacketOf, LOCAL_FILES } from '../programs/ffprobe.ts'
import { askAboutFile } from '../programs/file-facts.ts'
import type { RunOptions } from '../programs/run-options.ts'
import type { SourceInfo } from '../rules/index.ts'

/** Number of frames in which a recording's first key frame is sought: recordings have one every few seconds. */
const PACKETS_MAX = 1500

/** Drops all frames before the first key frame, in display order. */
export const FROM_FIRST_KEY = 'select=key+eq(pict_type\\,I)+gt(selected_n\\,0)'

type Film = Pick<SourceInfo, 'path' | 'videoStream'>

/** How many packets come before the first key frame; undefined if none of the first {@link PACKETS_MAX} is one. */
async function packetsBeforeKey({ path, videoStream }: Film, options: RunOptions): Promise<number | undefined> {
  const show = ['-select_streams', String(videoStream), '-show_entries', 'packet=flags', '-of', 'csv=p=0']
  const head = ['-read_intervals', `%+#${PACKETS_MAX}`]
  const args = ['-v', 'error', ...LOCAL_FILES, ...show, ...head, `file:${path}`]
  const { stdout } = await askAboutFile('ffprobe', args, path, options)
  const found = stdout
    .split('\n')
    .filter((line) => /^[K_]/.test(line))
    .findIndex((line) => line.startsWith('K'))
  return found < 0 ? undefined : found
}

/** Whether a source begins in the middle of a group of pictures: its first packets cannot be decoded, and a key frame follows. */
export async function beginsWithin(film: Film, options: RunOptions): Promise<boolean> {
  const { isKey } = await firstPacketOf(film.path, film.videoStream, options).catch(() => ({ isKey: undefined }))
  options.signal.throwIfAborted()
  if (isKey === true) return false
  return ((await packetsBeforeKey(film, options)) ?? 0) > 0
}
