import { join, resolve } from 'node:path'
import { buildClip, type Clip } from '../../scripts/clip.ts'

const cache = resolve(import.meta.dirname, '../../node_modules/.cache/grav1-test')

/** Files that run side by side have a copy each: to write one anew while a node reads it would change its source. */
const folder = join(cache, `worker-${process.env['VITEST_POOL_ID'] ?? '0'}`)

/** 160 frames in 4 scenes, with sound, subtitles, chapters and an attachment. */
export async function shortClip(): Promise<Clip> {
  return buildClip({
    output: join(folder, 'short.mkv'),
    seconds: 6.4,
    width: 128,
    height: 72,
    cuts: [40, 90, 120]
  })
}

/** 100 frames in 4 scenes, with the same: for tests that look at some of several scenes. */
export async function fourScenes(): Promise<Clip> {
  return buildClip({ output: join(folder, 'four.mkv'), seconds: 4, width: 112, height: 64, cuts: [25, 50, 75] })
}

/** 156 frames in 6 scenes, with the same: for tests in which something happens between scenes, again and again. */
export async function manyScenes(): Promise<Clip> {
  const cuts = [26, 52, 78, 104, 130]
  return buildClip({ output: join(folder, 'many.mkv'), seconds: 6.24, width: 112, height: 64, cuts })
}

/** 50 frames in 2 scenes, with the same: for tests that need a whole film, but not the time that scenes take. */
export async function tinyClip(): Promise<Clip> {
  return buildClip({ output: join(folder, 'tiny.mkv'), seconds: 2, width: 112, height: 64, cuts: [25] })
}
