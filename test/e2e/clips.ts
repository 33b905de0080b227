import { join, resolve } from 'node:path'
import { buildClip, type Clip } from '../../scripts/clip.ts'

const cache = resolve(import.meta.dirname, '../../node_modules/.cache/grav1-test')

/** Files that run side by side have a copy each: to write one anew while a node reads it would change its source. */
const folder = join(cache, `worker-${process.env['VITEST_POOL_ID'] ?? '0'}`)

/** About 240 frames in 6 scenes, with sound, subtitles, chapters and an attachment. */
export async function shortClip(): Promise<Clip> {
  return buildClip({
    output: join(folder, 'short.mkv'),
    seconds: 9.6,
    width: 192,
    height: 108,
    cuts: [40, 90, 120, 170, 200]
  })
}

/** 100 frames in 4 scenes, with the same: for tests that need a whole film, but not the time that scenes take. */
export async function tinyClip(): Promise<Clip> {
  return buildClip({ output: join(folder, 'tiny.mkv'), seconds: 4, width: 160, height: 90, cuts: [25, 50, 75] })
}
