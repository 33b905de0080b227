import { expect, test } from 'vitest'
import { createCoarseMeter, frameBytes, type VideoFormat } from '../../../src/encode/rules/index.ts'

const video = (pixelFormat: string, bitDepth: number): VideoFormat => ({
  width: 16,
  height: 16,
  pixelFormat,
  bitDepth,
  fps: { num: 25, den: 1 },
  colour: {}
})

/** A ramp in every plane, moved by so much of the full scale. */
function picture({ bitDepth, ...format }: VideoFormat, move: number, from = 0): Uint8Array {
  const frame = Buffer.alloc(frameBytes(format))
  const step = bitDepth > 8 ? 2 : 1
  for (let at = 0; at < frame.length; at += step) {
    const value = (40 + ((at / step) % 16) * 4 + (at / step >= from ? move : 0)) * 2 ** (bitDepth - 8)
    if (step === 2) frame.writeUInt16LE(value, at)
    else frame[at] = value
  }
  return frame
}

const faultOf = (format: VideoFormat, source: Uint8Array, decoded: Uint8Array): string | undefined => {
  const meter = createCoarseMeter(format)
  meter.add(source, decoded)
  return meter.fault()
}

test.each([
  ['yuv420p', 8],
  ['yuv422p10le', 10],
  ['yuv444p12le', 12]
])('%s: what is near its source is fine, what is far is not', (name, depth) => {
  const format = video(name, depth)
  const source = picture(format, 0)
  expect(faultOf(format, source, source)).toBeUndefined()
  expect(faultOf(format, source, picture(format, 12))).toBeUndefined()
  expect(faultOf(format, source, picture(format, 60))).toMatch(/^the PSNR of its luma is 12\.6 dB$/)
})

test('a plane alone is enough', () => {
  const format = video('yuv420p', 8)
  expect(faultOf(format, picture(format, 0), picture(format, 60, 320))).toBe('the PSNR of its red chroma is 12.6 dB')
})

test('noise may be lost, as no picture could be nearer than a flat one', () => {
  const format = video('yuv420p', 8)
  const noise = Uint8Array.from({ length: frameBytes(format) }, (_, at) => (at * 7919) % 251)
  expect(faultOf(format, noise, new Uint8Array(noise.length).fill(125))).toBeUndefined()
  const negative = noise.map((value) => 250 - value)
  expect(faultOf(format, noise, negative)).toMatch(/luma/)
})

test('nothing was compared, nothing is wrong', () => {
  expect(createCoarseMeter(video('yuv420p', 8)).fault()).toBeUndefined()
})
