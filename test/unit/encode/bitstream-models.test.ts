import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  av1SceneStart,
  av1ShownFrames,
  BitstreamError,
  createIvfReader,
  createPacketTable,
  type IvfFrame,
  ivfFrameHeaderBytes,
  ivfHeaderBytes,
  parseAv1Sequence,
  parseIvfHeader,
  av1Packet,
  parseObus,
  parseVp9FrameHeader,
  splitVp9Superframe,
  vp9SceneStart,
  vp9ShownFrames,
  type VideoFormat,
  withVp9FullRange,
  y4mHeader,
  y4mHeaderFits
} from '../../../src/encode/rules/index.ts'
import {
  av1Sequence,
  groups,
  joinBytes,
  mutation,
  superframe,
  temporalUnit,
  vp9Frame
} from '../../fixtures/bitstream-arbitraries.ts'

const ivfFile = fc
  .record({
    fourcc: fc.constantFrom('AV01', 'VP90'),
    width: fc.nat(65_535),
    height: fc.nat(65_535),
    rate: fc.record({ num: fc.nat(2 ** 31), den: fc.nat(2 ** 31) }),
    frames: fc.array(
      fc.record({
        pts: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        data: fc.uint8Array({ minLength: 1, maxLength: 60 })
      }),
      { maxLength: 8 }
    )
  })
  .map(({ frames, ...fields }) => {
    const header = { ...fields, frames: frames.length }
    const parts = frames.flatMap(({ pts, data }) => [ivfFrameHeaderBytes(data.length, pts), data])
    return { header, frames, bytes: joinBytes(ivfHeaderBytes(header), ...parts) }
  })

function readIvf(bytes: Uint8Array, size: number): IvfFrame[] {
  const reader = createIvfReader({ frameBytesMax: 4096 })
  const frames: IvfFrame[] = []
  for (let at = 0; at < bytes.length; at += size) frames.push(...reader.push(bytes.subarray(at, at + size)))
  reader.end()
  return frames
}

test('an IVF file reads back as it was written, in chunks of any size', () => {
  fc.assert(
    fc.property(ivfFile, fc.integer({ min: 1, max: 100 }), ({ header, frames, bytes }, size) => {
      expect(parseIvfHeader(bytes)).toEqual(header)
      expect(readIvf(bytes, size)).toEqual(frames)
    })
  )
})

test('an AV1 sequence header says what it was built from, whatever stands before size and depth', () => {
  fc.assert(
    fc.property(av1Sequence, ({ expected, bytes }) => {
      expect(parseAv1Sequence(bytes)).toMatchObject(expected)
    })
  )
})

test('units of a temporal unit come apart as they were put together', () => {
  fc.assert(
    fc.property(temporalUnit, ({ expected, bytes }) => {
      const found = parseObus(bytes)
      expect(found.map(({ type, payload }) => ({ type, payload }))).toEqual(expected)
      expect(Buffer.concat(found.map(({ whole }) => whole))).toEqual(Buffer.from(bytes))
      // Containers hold it without its delimiters.
      const kept = found.filter(({ type }) => type !== 2).map(({ whole }) => whole)
      expect(Buffer.concat(av1Packet(bytes))).toEqual(Buffer.concat(kept))
    })
  )
})

test('VP9 frame headers and superframes', () => {
  fc.assert(
    fc.property(vp9Frame, ({ expected, bytes }) => {
      expect(parseVp9FrameHeader(bytes)).toEqual(expected)
    })
  )
  fc.assert(
    fc.property(superframe, ({ frames, bytes }) => {
      expect(splitVp9Superframe(bytes)).toEqual(frames.map((frame) => frame.bytes))
      expect(vp9ShownFrames(bytes)).toBe(frames.filter(({ expected }) => expected.shown).length)
    })
  )
})

test('marking a key frame as full range changes that and nothing else', () => {
  fc.assert(
    fc.property(vp9Frame, ({ expected, bytes }) => {
      const marked = withVp9FullRange(bytes)
      const { picture } = expected
      const wanted = picture === undefined ? expected : { ...expected, picture: { ...picture, fullRange: true } }
      expect(parseVp9FrameHeader(marked)).toEqual(wanted)
      expect(marked.filter((byte, n) => byte !== bytes[n]).length).toBeLessThanOrEqual(1)
    })
  )
})

test('whatever is done to the bytes, a parser gives a value or a BitstreamError', () => {
  const parsers: readonly ((bytes: Uint8Array) => unknown)[] = [
    (bytes) => readIvf(bytes, 7),
    parseIvfHeader,
    parseAv1Sequence,
    parseObus,
    av1ShownFrames,
    av1SceneStart,
    parseVp9FrameHeader,
    splitVp9Superframe,
    vp9ShownFrames,
    vp9SceneStart,
    withVp9FullRange
  ]
  const valid = fc.oneof(ivfFile, av1Sequence, temporalUnit, vp9Frame, superframe).map(({ bytes }) => bytes)
  fc.assert(
    fc.property(valid, mutation, (bytes, change) => {
      const changed = change(bytes)
      for (const parse of parsers) {
        try {
          parse(changed)
        } catch (error) {
          if (!(error instanceof BitstreamError)) throw error
        }
      }
    }),
    { numRuns: 1500 }
  )
})

test('a frame that says it is huge is refused before there is room for it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 128 * 1024 * 1024 + 1, max: 2 ** 32 - 1 }), (size) => {
      const bytes = joinBytes(
        ivfHeaderBytes({ fourcc: 'AV01', width: 16, height: 16, rate: { num: 1, den: 1 }, frames: 1 }),
        ivfFrameHeaderBytes(size, 0n)
      )
      const before = process.memoryUsage().arrayBuffers
      expect(() => createIvfReader().push(bytes)).toThrow(BitstreamError)
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1024 * 1024)
    }),
    { numRuns: 20 }
  )
})

const video: fc.Arbitrary<VideoFormat> = fc
  .record({
    width: fc.integer({ min: 1, max: 16_384 }),
    height: fc.integer({ min: 1, max: 16_384 }),
    chroma: fc.constantFrom('420', '422', '444'),
    bitDepth: fc.constantFrom(8, 10, 12),
    fps: fc.record({ num: fc.integer({ min: 1, max: 1_000_000 }), den: fc.integer({ min: 1, max: 100_000 }) }),
    range: fc.constantFrom('tv', 'pc', undefined)
  })
  .map(({ chroma, bitDepth, range, ...others }) => ({
    ...others,
    bitDepth,
    pixelFormat: `yuv${chroma}p${bitDepth > 8 ? `${bitDepth}le` : ''}`,
    colour: { range }
  }))

test('a y4m header fits its own format and no other, whatever a decoder adds or a liar sends', () => {
  fc.assert(
    fc.property(video, video, fc.string({ maxLength: 40 }), (one, other, junk) => {
      const header = y4mHeader(one).trimEnd()
      expect(y4mHeader(one).length).toBeLessThanOrEqual(256)
      expect(y4mHeaderFits(`${header} XYSCSS=420JPEG X${junk.replaceAll(/\s/g, '')}`, one)).toBe(true)
      const same = one.width === other.width && one.height === other.height && one.pixelFormat === other.pixelFormat
      expect(y4mHeaderFits(header, other)).toBe(same)
      expect(y4mHeaderFits(junk, one)).toBe(false)
    })
  )
})

test('windows of open and closed groups hold every packet that a wanted frame needs', () => {
  fc.assert(
    fc.property(groups, fc.nat(200), fc.nat(200), (packets, a, b) => {
      const total = packets.length
      const start = a % total
      const frames = 1 + (b % (total - start))
      const window = createPacketTable(packets)?.windowFor(start, frames)
      if (window === undefined) throw new Error('a stream that starts with a key packet has a window for each frame')
      const taken = packets.slice(window.first, window.end).filter(({ pts }) => pts >= window.keyPts)
      const inWindow = new Set(taken.map(({ pts }) => pts))
      const firstGroup = packets[window.first]?.group ?? -1
      expect(packets[window.first]?.key).toBe(true)
      expect(window.keyPts + window.skip * 40).toBe(start * 40)
      for (const packet of packets) {
        if (packet.pts < start * 40 || packet.pts >= (start + frames) * 40) continue
        // The frame itself, its group's key, and for a leading picture the key of the group before.
        expect(inWindow).toContain(packet.pts)
        const needed = packet.leading ? [packet.group, packet.group - 1] : [packet.group]
        for (const group of needed) {
          expect(group).toBeGreaterThanOrEqual(firstGroup)
          expect(inWindow).toContain(packets.find((other) => other.group === group && other.key)?.pts)
        }
      }
      // What is shown from the key on up to the last wanted frame is there without a hole, so that frames can be counted.
      const shown = [...inWindow].filter((pts) => pts < (start + frames) * 40).toSorted((x, y) => x - y)
      expect(shown).toEqual(Array.from({ length: window.skip + frames }, (_, n) => window.keyPts + n * 40))
    }),
    { numRuns: 500 }
  )
})
