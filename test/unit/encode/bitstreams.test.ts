import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  av1SceneStart,
  av1ShownFrames,
  BitstreamError,
  createIvfReader,
  type IvfFrame,
  ivfFrameHeaderBytes,
  ivfHeaderBytes,
  parseAv1Sequence,
  parseIvfHeader,
  parseObus,
  parseVp9FrameHeader,
  splitVp9Superframe,
  vp9SceneStart,
  vp9ShownFrames,
  withVp9FullRange
} from '../../../src/encode/rules/index.ts'

const bytesOf = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
const join = (...parts: Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]))

/** Sequence headers as aomenc 3.6 writes them, 160x90, and the start of a shown key frame. */
const SEQUENCE_8 = '00000003b4fd936be440404041'
const SEQUENCE_10 = '00000003b4fd936be540404041'
const unit = (sequence: string): Uint8Array => bytesOf(`12000a0d${sequence}3204100094ff`)
/** The start of a VP9 key frame by vpxenc, 64x64 at 8 bits. */
const VP9_KEY = bytesOf('824983420003f003f600382418')

const header = { fourcc: 'AV01', width: 160, height: 90, rate: { num: 24, den: 1 }, frames: 2 }
const file = join(
  ivfHeaderBytes(header),
  ivfFrameHeaderBytes(3, 0n),
  Uint8Array.of(1, 2, 3),
  ivfFrameHeaderBytes(1, 1n),
  Uint8Array.of(9)
)

test('IVF is read however it is chunked', () => {
  expect(parseIvfHeader(file)).toEqual(header)
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }), (sizes) => {
      const reader = createIvfReader()
      const frames: IvfFrame[] = []
      for (let at = 0, n = 0; at < file.length; n += 1) {
        const size = sizes[n % sizes.length] ?? 1
        frames.push(...reader.push(file.subarray(at, at + size)))
        at += size
      }
      reader.end()
      expect(frames).toEqual([
        { pts: 0n, data: Uint8Array.of(1, 2, 3) },
        { pts: 1n, data: Uint8Array.of(9) }
      ])
    })
  )
})

const codeOf = (call: () => unknown): string => {
  try {
    call()
    return 'accepted'
  } catch (error) {
    if (error instanceof BitstreamError) return error.code
    throw error
  }
}

test('a cut or oversized IVF file is refused', () => {
  const whole = new Set([32, 47, 60])
  for (let cut = 0; cut <= file.length; cut += 1) {
    const read = (): void => {
      const reader = createIvfReader()
      reader.push(file.subarray(0, cut))
      reader.end()
    }
    expect(codeOf(read), String(cut)).toBe(whole.has(cut) ? 'accepted' : 'truncated')
  }
  expect(codeOf(() => createIvfReader({ frameBytesMax: 2 }).push(file))).toBe('too-large')
  expect(codeOf(() => createIvfReader().push(new Uint8Array(64)))).toBe('bad-header')
})

test('AV1 sequence header and shown frames', () => {
  expect(Buffer.from(av1SceneStart(unit(SEQUENCE_8))).toString('hex')).toBe(SEQUENCE_8)
  const sequence = { profile: 0, width: 160, height: 90 }
  expect(parseAv1Sequence(bytesOf(SEQUENCE_8))).toMatchObject({
    ...sequence,
    bitDepth: 8,
    colour: { primaries: 1, transfer: 1, matrix: 1, fullRange: false }
  })
  expect(parseAv1Sequence(bytesOf(SEQUENCE_10))).toMatchObject({ ...sequence, bitDepth: 10 })
  expect(av1ShownFrames(unit(SEQUENCE_8))).toBe(1)
  expect(av1ShownFrames(bytesOf('12001a0180'))).toBe(1)
  expect(av1ShownFrames(bytesOf('1200320120'))).toBe(0)
  expect(codeOf(() => av1SceneStart(bytesOf('12003204100094ff')))).toBe('no-sequence-header')
  expect(codeOf(() => av1SceneStart(bytesOf(`12000a0d${SEQUENCE_8}3204300094ff`)))).toBe('not-a-key-frame')
  expect(codeOf(() => parseObus(new Uint8Array(8)))).toBe('bad-header')
})

test('VP9 headers and superframes', () => {
  expect(vp9SceneStart(VP9_KEY)).toEqual({
    profile: 0,
    bitDepth: 8,
    colourSpace: 0,
    fullRange: false,
    width: 64,
    height: 64
  })
  expect(vp9SceneStart(withVp9FullRange(VP9_KEY))).toEqual({ ...vp9SceneStart(VP9_KEY), fullRange: true })
  expect(codeOf(() => vp9SceneStart(Uint8Array.of(0x86, 0)))).toBe('not-a-key-frame')
  const hidden = Uint8Array.of(0x84, 0, 0)
  const shown = Uint8Array.of(0x86, 0)
  const superframe = join(hidden, shown, Uint8Array.of(0xc1, 3, 2, 0xc1))
  expect(splitVp9Superframe(superframe)).toEqual([hidden, shown])
  expect(vp9ShownFrames(superframe)).toBe(1)
  expect(vp9ShownFrames(hidden)).toBe(0)
  expect(codeOf(() => splitVp9Superframe(join(hidden, Uint8Array.of(0xc1, 9, 2, 0xc1))))).toBe('bad-header')
})

test('no bytes make the parsers fail in another way', () => {
  const parsers = [
    (bytes: Uint8Array) => createIvfReader({ frameBytesMax: 1000 }).push(bytes),
    (bytes: Uint8Array) => createIvfReader({ frameBytesMax: 1000 }).push(join(file.subarray(0, 32), bytes)),
    av1SceneStart,
    av1ShownFrames,
    parseAv1Sequence,
    parseObus,
    parseVp9FrameHeader,
    splitVp9Superframe,
    vp9SceneStart,
    vp9ShownFrames,
    withVp9FullRange
  ]
  const mutated = fc
    .tuple(
      fc.constantFrom(file, unit(SEQUENCE_8), VP9_KEY),
      fc.array(fc.tuple(fc.nat(60), fc.nat(255)), { maxLength: 4 }),
      fc.nat(60)
    )
    .map(([bytes, changes, cut]) => {
      const copy = Uint8Array.from(bytes)
      for (const [at, value] of changes) copy[at % copy.length] = value
      return copy.subarray(0, cut + 1)
    })
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 80 }), mutated), fc.constantFrom(...parsers), (bytes, parse) => {
      codeOf(() => parse(bytes))
    }),
    { numRuns: 3000 }
  )
})
