import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeScene, measureFrames, meterFor } from '../../src/encode/index.ts'
import { findEncoder, parseTarget } from '../../src/encode/rules/index.ts'
import { preparedClip } from '../prepared-clip.ts'
import { buildClip } from '../../scripts/clip.ts'

/** How near scenes of natural clips come to a quality asked for, at the encoders' default parameters: every frame of the scene is measured. What the search costs is the time with it over that of an encode with the quantiser that it chose. */
const [encoders = 'aom,svt', targets = 'xpsnr=36 psnr=43', seconds = '36'] = process.argv.slice(2)
/** Scenes of 40 to 240 frames. */
const CUTS = [96, 144, 300, 440, 520, 700]
const NEAR_DB = 0.3

const folder = await mkdtemp(join(tmpdir(), 'grav1-bench-'))
const { signal } = new AbortController()

function row(name: string, errors: readonly number[], cost: number): string {
  const sizes = errors.map(Math.abs).toSorted((a, b) => a - b)
  const at = (share: number): string => (sizes[Math.ceil(share * sizes.length) - 1] ?? Number.NaN).toFixed(2)
  const near = sizes.filter((size) => size <= NEAR_DB).length
  const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length
  const cells = [
    name,
    sizes.length,
    mean.toFixed(2),
    at(0.5),
    at(0.9),
    at(1),
    `${near} of ${sizes.length}`,
    cost.toFixed(2)
  ]
  return `| ${cells.join(' | ')} |`
}

try {
  const length = Number(seconds)
  const cuts = CUTS.filter((cut) => cut < length * 25)
  const clip = await buildClip({ output: join(folder, 'clip.mkv'), seconds: length, width: 320, height: 180, cuts })
  const lengths = { minFrames: 24, maxFrames: 250, threshold: undefined }
  const { source, scenes } = await preparedClip(clip.path, join(folder, 'prepare'), lengths, signal)
  const { video } = source
  console.log(
    `${scenes.length} scenes of ${video.width}x${video.height}, ${scenes.map(({ frames }) => frames).join(', ')} frames`
  )
  console.log(
    '| encoder and target | scenes | mean error, dB | median | 90 % | worst | within 0.3 dB | with search over without |'
  )
  console.log('| --- | --: | --: | --: | --: | --: | --: | --: |')
  for (const name of encoders.split(',')) {
    const encoder = findEncoder(name)
    for (const text of targets.split(' ')) {
      const target = parseTarget(text)
      const errors: number[] = []
      // Where the coarsest quantiser is too good, there is nothing to find.
      const cost = { search: 0, encode: 0 }
      for (const scene of scenes) {
        const run = async (params: string) => {
          const workDir = await mkdtemp(join(folder, 'scene-'))
          const common = { ...scene, encoder: encoder.name, video, workDir, params: encoder.parseParams(params) }
          return encodeScene({ ...common, threads: 1, nice: 0, onProgress: () => {} }, { signal })
        }
        const found = await run(`${encoder.defaultParams} --target-quality=${text}`)
        const plain = await run(`${encoder.defaultParams} --${encoder.quantiser.flag}=${found.quantiser}`)
        const meter = meterFor(video, target)
        await measureFrames(
          { ...scene, video, bitDepth: video.bitDepth, encoder: encoder.name, file: found.file },
          meter,
          1,
          { signal }
        )
        const { min, max } = encoder.quantiser
        const isOut = found.quantiser === min || found.quantiser === max
        if (!isOut) errors.push(meter.score() - target.value)
        console.error(name, text, scene.frames, found.quantiser, meter.score().toFixed(2))
        cost.search += found.encodeMs
        cost.encode += plain.encodeMs
      }
      console.log(row(`${name} ${text}`, errors, cost.search / cost.encode))
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}
