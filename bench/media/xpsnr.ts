import { createQualityMeter } from '../../src/encode/rules/index.ts'
import { patternFrame } from '../../test/unit/encode/quality/patterns.ts'

/** Frames a second of processor time that the meters compare, decoding not included. */
const FRAMES = 24
const SIZES = [
  [1920, 1080, 'yuv420p', 8],
  [1920, 1080, 'yuv420p10le', 10],
  [3840, 2160, 'yuv420p10le', 10]
] as const

console.log('| format | xpsnr | psnr | ssim |')
console.log('| --- | --: | --: | --: |')
for (const [width, height, pixelFormat, bitDepth] of SIZES) {
  const format = { width, height, pixelFormat }
  const frames = [0, 1].map((number) => patternFrame(format, number))
  const cells = (['xpsnr', 'psnr', 'ssim'] as const).map((metric) => {
    const meter = createQualityMeter({ ...format, bitDepth, fps: 24, metric })
    const look = (count: number): void => {
      for (let n = 0; n < count; n += 1) {
        const { source, encoded } = frames[n % 2]!
        meter.add(source, encoded)
      }
    }
    look(4)
    const before = process.cpuUsage()
    look(FRAMES)
    const { user, system } = process.cpuUsage(before)
    return (FRAMES / ((user + system) / 1e6)).toFixed(0)
  })
  console.log(`| ${width}x${height}, ${bitDepth} bits | ${cells.join(' | ')} |`)
}
