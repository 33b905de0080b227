import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { execa } from 'execa'
import { encodeScene, measureFrames, meterFor, prepareSource, probeSource } from '../src/encode/index.ts'
import { findEncoder, type SourceInfo } from '../src/encode/rules/index.ts'

/** Bytes and XPSNR of a film that is encoded in scenes, over those of one encode of the whole with the same parameters: `npm run bench:chunking -- svt 320`. */
const [encoders = 'svt,aom', width = '320'] = process.argv.slice(2)
const modules = resolve(import.meta.dirname, '../node_modules')
const CLIPS = [
  'vide/examples/video/ocean.mp4',
  'pagepiling.js/examples/imgs/flowers.mp4',
  'vrview/examples/video/congo_2048.mp4'
]
/** As by default, and so that the whole film is one scene. */
const SCENES = { minFrames: 24, maxFrames: 240, threshold: undefined }
const WHOLE = { minFrames: 2_000, maxFrames: 2_000, threshold: undefined }

const folder = await mkdtemp(join(tmpdir(), 'grav1-bench-'))
const { signal } = new AbortController()

async function encodeIn(source: SourceInfo, name: string, options: typeof SCENES | typeof WHOLE) {
  const work = await mkdtemp(join(folder, 'work-'))
  const { video } = source
  const encoder = findEncoder(name)
  const params = encoder.parseParams(encoder.defaultParams)
  // One meter over all scenes: XPSNR looks back over cuts.
  const meter = meterFor(video, { metric: 'xpsnr' })
  const input = { source, scenes: options, workDir: work, skipPiece: () => false, onProgress: () => {} }
  const made = { scenes: 0, frames: 0, bytes: 0 }
  for await (const event of prepareSource(input, { signal })) {
    if (event.type !== 'scene') continue
    const { scene } = event
    const workDir = join(work, `scene-${scene.index}`)
    await mkdir(workDir)
    const what = { ...scene, encoder: encoder.name, params, video, threads: 1, nice: 0, workDir, onProgress: () => {} }
    const { file, bytes } = await encodeScene(what, { signal })
    await measureFrames({ ...scene, file, video, bitDepth: video.bitDepth }, meter, 1, { signal })
    made.scenes += 1
    made.frames += scene.frames
    made.bytes += bytes
  }
  return { ...made, xpsnr: meter.score() }
}

try {
  console.log('| encoder | clip | scenes | bytes in scenes | bytes as a whole | size | XPSNR in scenes | as a whole |')
  console.log('| --- | --- | --: | --: | --: | --: | --: | --: |')
  for (const clip of CLIPS) {
    const path = join(folder, `${basename(clip, '.mp4')}.mkv`)
    const made = ['-an', '-vf', `scale=${width}:-2`, '-c:v', 'libx264', '-preset', 'veryfast', '-crf', '12', path]
    await execa('ffmpeg', ['-v', 'error', '-nostdin', '-y', '-i', join(modules, clip), ...made])
    const source = await probeSource(path, { signal })
    for (const name of encoders.split(',')) {
      const whole = await encodeIn(source, name, WHOLE)
      const parts = await encodeIn(source, name, SCENES)
      const size = `${((parts.bytes / whole.bytes - 1) * 100).toFixed(2)} %`
      const db = [parts, whole].map(({ xpsnr }) => xpsnr.toFixed(3))
      const cells = [name, basename(clip), parts.scenes, parts.bytes, whole.bytes, size, ...db]
      console.log(`| ${cells.join(' | ')} |`)
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}
