import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeScene, verifySegment } from '../../src/encode/index.ts'
import { findEncoder } from '../../src/encode/rules/index.ts'
import { preparedClip } from '../prepared-clip.ts'
import { buildClip } from '../../scripts/clip.ts'
import { cpuOf } from '../child-cpu.ts'

/** CPU seconds of checking encoded scenes over CPU seconds of encoding them, for a fast and a slow setting. */
const SETTINGS = [
  { encoder: 'svt', params: '--preset=6 --crf=35' },
  { encoder: 'aom', params: '--cpu-used=6 --end-usage=q --cq-level=30' },
  { encoder: 'svt', params: '--preset=4 --crf=35' },
  { encoder: 'aom', params: '--cpu-used=4 --end-usage=q --cq-level=30' },
  { encoder: 'vp9', params: '--cpu-used=2 --end-usage=q --cq-level=32' }
]

const folder = await mkdtemp(join(tmpdir(), 'grav1-bench-'))
try {
  const clip = await buildClip({ output: join(folder, 'clip.mkv'), seconds: 24, width: 640, height: 360 })
  const { signal } = new AbortController()
  const lengths = { minFrames: 150, maxFrames: 250, threshold: undefined }
  const { source, scenes } = await preparedClip(clip.path, join(folder, 'prepare'), lengths, signal)
  const { video } = source
  console.log(
    '| encoder | frames | encode, CPU-s | form and decode | and comparison | over encode | and XPSNR | over encode |'
  )
  console.log('| --- | --: | --: | --: | --: | --: | --: | --: |')
  for (const { encoder: name, params: text } of SETTINGS) {
    const encoder = findEncoder(name)
    const params = encoder.parseParams(text)
    const sum = { frames: 0, encode: 0, verify: 0, compare: 0, xpsnr: 0 }
    for (const scene of scenes) {
      const workDir = join(folder, `${name}-${text.replace(/\W+/g, '')}-${scene.index}`)
      await mkdir(workDir)
      const common = { encoder: encoder.name, frames: scene.frames, video }
      const made = await cpuOf(async () =>
        encodeScene({ ...scene, ...common, params, threads: 1, nice: 0, workDir, onProgress: () => {} }, { signal })
      )
      const segment = { ...common, file: made.value.file, bitDepth: video.bitDepth }
      const verified = await cpuOf(async () => verifySegment(segment, { signal }))
      const compared = await cpuOf(async () => verifySegment({ ...segment, source: scene }, { signal }))
      const measured = await cpuOf(async () =>
        verifySegment({ ...segment, source: scene, metric: 'xpsnr' }, { signal })
      )
      sum.frames += scene.frames
      sum.encode += made.seconds
      sum.verify += verified.seconds
      sum.compare += compared.seconds
      sum.xpsnr += measured.seconds
    }
    const share = (seconds: number): string => `${((100 * seconds) / sum.encode).toFixed(1)} %`
    const spent = [sum.encode, sum.verify, sum.compare].map((one) => one.toFixed(1))
    const cells = [`${name} ${text}`, sum.frames, ...spent, share(sum.compare), sum.xpsnr.toFixed(1), share(sum.xpsnr)]
    console.log(`| ${cells.join(' | ')} |`)
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}
