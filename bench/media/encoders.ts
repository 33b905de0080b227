import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeScene, verifySegment } from '../../src/encode/index.ts'
import { findEncoder } from '../../src/encode/rules/index.ts'
import { preparedClip } from '../prepared-clip.ts'
import { buildClip } from '../../scripts/clip.ts'
import { nodeAv } from '../../test/fixtures/node-av.ts'
import { cpuOf } from '../child-cpu.ts'

/** What scenes cost, and what comes out, with the programs and with the same encoders in node-av: decode, hashes and encode, on one thread. */
const SETTINGS = [
  { encoder: 'svt', params: '--preset=6 --crf=35' },
  { encoder: 'svt-av', params: '--preset=6 --crf=35' },
  { encoder: 'svt', params: '--preset=10 --crf=35' },
  { encoder: 'svt-av', params: '--preset=10 --crf=35' },
  { encoder: 'vp9', params: '--cpu-used=2 --end-usage=q --cq-level=32 --lag-in-frames=25 --auto-alt-ref=1' },
  { encoder: 'vp9-av', params: '--cpu-used=2 --end-usage=q --cq-level=32 --lag-in-frames=25 --auto-alt-ref=1' },
  { encoder: 'vp9-av', params: '--cpu-used=2 --end-usage=q --cq-level=27 --lag-in-frames=25 --auto-alt-ref=1' }
]

process.env['GRAV1_NODE_AV'] ??= await nodeAv()
const folder = await mkdtemp(join(tmpdir(), 'grav1-bench-'))
try {
  const clip = await buildClip({ output: join(folder, 'clip.mkv'), seconds: 16, width: 640, height: 360 })
  const { signal } = new AbortController()
  const lengths = { minFrames: 24, maxFrames: 250, threshold: undefined }
  const { source, scenes } = await preparedClip(clip.path, join(folder, 'prepare'), lengths, signal)
  const { video } = source
  console.log(`${scenes.length} scenes of ${video.width}x${video.height}`)
  console.log('| encoder | CPU-s | frames a CPU-s | bytes | luma PSNR, dB |')
  console.log('| --- | --: | --: | --: | --: |')
  for (const [number, { encoder: name, params: text }] of SETTINGS.entries()) {
    const encoder = findEncoder(name)
    const params = encoder.parseParams(text)
    const sum = { frames: 0, seconds: 0, bytes: 0, db: 0 }
    for (const scene of scenes) {
      const workDir = join(folder, `${number}-${scene.index}`)
      await mkdir(workDir)
      const common = { encoder: encoder.name, frames: scene.frames, video }
      const made = await cpuOf(async () =>
        encodeScene({ ...scene, ...common, params, threads: 1, nice: 0, workDir, onProgress: () => {} }, { signal })
      )
      const segment = { ...common, file: made.value.file, bitDepth: video.bitDepth, source: scene }
      const { likeness } = await verifySegment(segment, { signal })
      sum.frames += scene.frames
      sum.seconds += made.seconds
      sum.bytes += made.value.bytes
      sum.db += scene.frames * (likeness?.meanDb ?? Number.NaN)
    }
    const cells = [
      `${name} ${text}`,
      sum.seconds.toFixed(1),
      (sum.frames / sum.seconds).toFixed(1),
      sum.bytes,
      (sum.db / sum.frames).toFixed(2)
    ]
    console.log(`| ${cells.join(' | ')} |`)
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}
