import { LOCAL_FILES } from '../programs/ffprobe.ts'
import { readLines } from '../programs/lines.ts'
import { startProcess } from '../programs/process.ts'
import type { RunOptions } from '../programs/run-options.ts'
import type { SourceInfo } from '../rules/index.ts'

/** Number of frames in which a recording's first key frame is sought: recordings have one every few seconds. */
const PACKETS_MAX = 1500

/** Drops all frames before the first key frame, in display order. */
export const FROM_FIRST_KEY = 'select=key+eq(pict_type\\,I)+gt(selected_n\\,0)'

type Film = Pick<SourceInfo, 'path' | 'videoStream'>

/** How many of the first packets come before a key frame; undefined if none of them is one. */
async function packetsBeforeKey(
  { path, videoStream }: Film,
  packets: number,
  { signal }: RunOptions
): Promise<number | undefined> {
  const show = ['-select_streams', String(videoStream), '-show_entries', 'packet=flags', '-of', 'csv=p=0']
  const head = ['-read_intervals', `%+#${packets}`]
  const args = ['-v', 'error', ...LOCAL_FILES, ...show, ...head, `file:${path}`]
  const running = startProcess('ffprobe', args, { signal, stdout: 'pipe', reads: [path] })
  let before = 0
  let found: number | undefined
  for await (const line of readLines(running.stdout)) {
    if (line.startsWith('K')) found ??= before
    if (/^[K_]/.test(line)) before += 1
  }
  await running.ended
  signal.throwIfAborted()
  return found
}

/** Whether a source begins in the middle of a group of pictures: its first packets cannot be decoded, and a key frame follows. */
export async function beginsWithin(film: Film, options: RunOptions): Promise<boolean> {
  if ((await packetsBeforeKey(film, 1, options)) === 0) return false
  return ((await packetsBeforeKey(film, PACKETS_MAX, options)) ?? 0) > 0
}
