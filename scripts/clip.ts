import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { constants } from 'node:fs'
import { copyFile, mkdir, mkdtemp, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { spawn } from 'node:child_process'
import { dirname, join, resolve } from 'node:path'
import { execa } from 'execa'
import { chapters, type PlannedScene, planCuts, planScenes, type Shot, subtitles } from './clip-plan.ts'

/** What clip to build. */
export interface ClipInit {
  readonly output: string
  /** Default 20. */
  readonly seconds?: number | undefined
  /** Even; default 320. */
  readonly width?: number | undefined
  /** Even; default 180. */
  readonly height?: number | undefined
  /** Frames at which scenes start, without 0. Default: scenes of 28 to 60 frames. */
  readonly cuts?: readonly number[] | undefined
}

/** A clip with hard cuts at known frames, 25 fps, with sound, subtitles, chapters and an attachment. */
export interface Clip {
  readonly path: string
  readonly frames: number
  readonly fps: 25
  readonly width: number
  readonly height: number
  /** Frames at which scenes start, without 0. */
  readonly cuts: readonly number[]
}

const root = resolve(import.meta.dirname, '..')
const modules = join(root, 'node_modules')
const cache = join(modules, '.cache', 'grav1-clips')
const fps = 25
/** Part of the cache key: change it with whatever changes the clips. */
const recipe = 2

/** Natural clips of the packages vide and pagepiling.js (MIT) and vrview (Apache-2.0). */
const sources = [
  'vide/examples/video/ocean.mp4',
  'pagepiling.js/examples/imgs/flowers.mp4',
  'vrview/examples/video/congo_2048.mp4'
].map((path) => join(modules, path))

/** In the order of use; neighbours come from different clips. ocean.mp4 has a cut of its own at 144. */
const shots: readonly Shot[] = [
  { source: 0, start: 0, frames: 144 },
  { source: 1, start: 0, frames: 225 },
  { source: 2, start: 0, frames: 300 },
  { source: 0, start: 144, frames: 96 },
  { source: 1, start: 225, frames: 226 }
]

const ffmpeg = (...args: string[]) => execa('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...args])

const rawFile = (folder: string, source: number, variant: number): string => join(folder, `${source}-${variant}.yuv`)

interface Picture {
  readonly frames: number
  readonly width: number
  readonly height: number
}

/** How each variant fills the picture. */
const fillOf = (variant: number, width: number, height: number): string => {
  const fill = (w: number, h: number) => `scale=${w}:${h}:force_original_aspect_ratio=increase`
  return variant === 0
    ? `${fill(width, height)},crop=${width}:${height},setsar=1,format=yuv420p`
    : `hflip,${fill(width + (width >> 1), height + (height >> 1))},crop=${width}:${height}:0:0,setsar=1,format=yuv420p`
}

/** Decodes a source as far as scenes show it, into raw frames of each variant that they show. */
async function decodeSource(
  source: number,
  scenes: readonly PlannedScene[],
  { width, height }: Picture,
  folder: string
): Promise<void> {
  const shown = Map.groupBy(
    scenes.filter((scene) => scene.source === source),
    ({ variant }) => variant
  )
  if (shown.size === 0) return
  const outputs = [...shown].flatMap(([variant, own]) => {
    const frames = Math.max(...own.map((scene) => scene.start + scene.frames))
    const to = ['-fps_mode', 'passthrough', '-f', 'rawvideo', rawFile(folder, source, variant)]
    return ['-map', '0:v:0', '-vf', fillOf(variant, width, height), '-frames:v', String(frames), ...to]
  })
  await ffmpeg('-i', sources[source] ?? '', ...outputs)
}

async function* sceneFrames(scenes: readonly PlannedScene[], bytes: number, folder: string): AsyncGenerator<Buffer> {
  for (const { source, variant, start, frames } of scenes) {
    const file = await open(rawFile(folder, source, variant))
    try {
      const buffer = Buffer.alloc(bytes * frames)
      const { bytesRead } = await file.read(buffer, 0, buffer.length, start * bytes)
      if (bytesRead !== buffer.length) throw new Error(`${sources[source]} has fewer frames than it should`)
      yield buffer
    } finally {
      await file.close()
    }
  }
}

async function mux(picture: Picture, starts: readonly number[], folder: string): Promise<void> {
  const { frames, width, height } = picture
  const file = (name: string) => join(folder, name)
  await writeFile(file('subtitles.srt'), subtitles(starts, frames, fps))
  await writeFile(file('chapters.txt'), chapters(starts, frames, fps))
  await writeFile(file('credits.txt'), 'ocean: npm vide; flowers: npm pagepiling.js; congo: npm vrview\n')
  const scenes = planScenes(starts, frames, shots)
  for (const source of sources.keys()) await decodeSource(source, scenes, picture, folder)
  const options = [
    ['-v', 'error', '-nostdin', '-y', '-fflags', '+bitexact'],
    ['-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', `${width}x${height}`, '-framerate', String(fps), '-i', 'pipe:0'],
    ['-stream_loop', '-1', '-i', sources[1] ?? '', '-i', file('subtitles.srt'), '-i', file('chapters.txt')],
    ['-map', '0:v:0', '-map', '1:a:0', '-map', '2:s:0', '-map_metadata', '3', '-map_chapters', '3'],
    ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '16', '-x264-params', 'open-gop=0:keyint=250:bframes=3'],
    ['-c:a', 'copy', '-c:s', 'srt', '-metadata:s:a:0', 'language=eng', '-metadata:s:s:0', 'language=eng'],
    ['-attach', file('credits.txt'), '-metadata:s:t:0', 'mimetype=text/plain'],
    ['-t', String(frames / fps), file('clip.mkv')]
  ]
  const child = spawn('ffmpeg', options.flat(), { stdio: ['pipe', 'inherit', 'inherit'] })
  const closed = once(child, 'close')
  child.stdin.on('error', () => undefined)
  for await (const piece of sceneFrames(scenes, (width * height * 3) / 2, folder)) {
    if (!child.stdin.write(piece)) await Promise.race([once(child.stdin, 'drain'), closed])
  }
  child.stdin.end()
  const [code] = await closed
  if (code !== 0) throw new Error(`ffmpeg ended with ${code}`)
  const probe = ['-v', 'error', '-select_streams', 'v:0', '-count_packets', '-show_entries', 'stream=nb_read_packets']
  const { stdout } = await execa('ffprobe', [...probe, '-of', 'csv=p=0', file('clip.mkv')])
  if (Number.parseInt(stdout, 10) !== frames) throw new Error(`the clip has ${stdout} frames instead of ${frames}`)
}

/** Builds the clip, or copies it from the cache in `node_modules/.cache`. */
export async function buildClip(init: ClipInit): Promise<Clip> {
  const { output, seconds = 20, width = 320, height = 180 } = init
  const frames = Math.round(seconds * fps)
  const starts = init.cuts ? [0, ...init.cuts] : planCuts(frames)
  const key = createHash('sha256').update(JSON.stringify({ recipe, frames, width, height, starts })).digest('hex')
  const cached = join(cache, `${key.slice(0, 24)}.mkv`)
  await mkdir(cache, { recursive: true })
  await mkdir(dirname(resolve(output)), { recursive: true })
  const hit = await readFile(cached).then(
    () => true,
    () => false
  )
  if (!hit) {
    const folder = await mkdtemp(join(cache, 'build-'))
    try {
      await mux({ frames, width, height }, starts, folder)
      await rename(join(folder, 'clip.mkv'), cached)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }
  // Aside and renamed: somebody may read the one that is there.
  const aside = await mkdtemp(join(dirname(resolve(output)), '.clip-'))
  try {
    await copyFile(cached, join(aside, 'clip.mkv'), constants.COPYFILE_FICLONE)
    await rename(join(aside, 'clip.mkv'), output)
  } finally {
    await rm(aside, { recursive: true, force: true })
  }
  return { path: resolve(output), frames, fps, width, height, cuts: starts.slice(1) }
}
