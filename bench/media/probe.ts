import { probeProject } from '../../src/encode/index.ts'
import { ENCODERS, type VideoFormat } from '../../src/encode/rules/index.ts'
import { cpuOf } from '../child-cpu.ts'

/** What the probe of a project costs each node that takes part, with the default parameters: CPU seconds. */
const ENCODER_NAMES = ['aom', 'vp9', 'svt'] as const
const SIZES = [
  [320, 180],
  [1280, 720],
  [1920, 1080]
] as const

const formatOf = (width: number, height: number): VideoFormat => ({
  width,
  height,
  pixelFormat: 'yuv420p',
  bitDepth: 8,
  fps: { num: 24, den: 1 },
  colour: {}
})

const { signal } = new AbortController()
console.log('| encoder | size | CPU-s |')
console.log('| --- | --- | --: |')
for (const name of ENCODER_NAMES) {
  const params = ENCODERS[name].parseParams('')
  for (const [width, height] of SIZES) {
    const input = { build: name, params, video: formatOf(width, height), threads: 1, nice: 0 }
    const { seconds } = await cpuOf(async () => probeProject(input, { signal }))
    console.log(`| ${name} ${params.text} | ${width}x${height} | ${seconds.toFixed(1)} |`)
  }
}
