import { expect, test } from 'vitest'
import { createFrameCheck, createIvfReader, findEncoder, type FramesSeen } from '../../../../src/encode/rules/index.ts'
import { frameBoundsOf } from '../../../../src/encode/rules/headers/frame-bounds.ts'
import { createAv1Reader } from '../../../../src/encode/rules/headers/av1-frames.ts'
import type { FrameFacts } from '../../../../src/encode/rules/headers/frame-facts.ts'
import { createVp9Reader } from '../../../../src/encode/rules/headers/vp9-frames.ts'
import { TINY_STREAMS } from '../../../fixtures/tiny-streams.ts'

type Stream = keyof typeof TINY_STREAMS

const packetsOf = (stream: Stream): Uint8Array[] =>
  createIvfReader()
    .push(TINY_STREAMS[stream])
    .map(({ data }) => data)

function seen(stream: Stream, params: string, take = (packets: Uint8Array[]) => packets): FramesSeen {
  const encoder = findEncoder(stream)
  const check = createFrameCheck(encoder.fourcc, frameBoundsOf(encoder.parseParams(params)))
  for (const packet of take(packetsOf(stream))) check.add(packet)
  return check.seen()
}

const GIVEN = {
  aom: '--cpu-used=8 --end-usage=q --cq-level=55 --lag-in-frames=19',
  vp9: '--cpu-used=5 --end-usage=q --cq-level=55 --lag-in-frames=19 --auto-alt-ref=1',
  svt: '--preset=10 --crf=55'
}

test.each(['aom', 'svt', 'vp9'] as const)('%s: the headers of all frames are read, hidden ones too', (stream) => {
  const reader = stream === 'vp9' ? createVp9Reader() : createAv1Reader()
  const packets = packetsOf(stream)
  const frames: FrameFacts[] = packets.flatMap((packet) => reader.read(packet))
  expect(packets).toHaveLength(16)
  expect(frames.filter(({ shown }) => shown)).toHaveLength(16)
  expect(frames.length).toBeGreaterThan(16)
  expect(frames.map(({ key }) => key)).toEqual(frames.map((_, n) => n === 0))
  expect(Math.max(...frames.map(({ quantiser = 0 }) => quantiser))).toBeGreaterThanOrEqual(220)
})

test.each(['aom', 'svt', 'vp9'] as const)('%s: the parameters that it was made with allow it', (stream) => {
  expect(seen(stream, GIVEN[stream])).toMatchObject({ breach: undefined, oddity: undefined })
})

test.each([
  ['aom', GIVEN.aom.replace('=55', '=54'), /^packet \d+ holds quantiser 220, and --cq-level=54 allows 216$/u],
  ['aom', GIVEN.aom.replace('=19', '=0'), /holds a hidden frame, which the parameters turn off$/u],
  ['aom', '--end-usage=vbr --target-bitrate=10 --max-q=40', /allows 160$/u],
  ['vp9', GIVEN.vp9.replace('=55', '=54'), /^packet \d+ holds quantiser 220, and --cq-level=54 allows 216$/u],
  ['vp9', GIVEN.vp9.replace('ref=1', 'ref=0'), /a hidden frame/u],
  ['svt', '--preset=10 --crf=50', /^packet \d+ holds quantiser \d+, and --crf=50 allows 216$/u],
  ['svt', '--preset=10 --rc=1 --tbr=10 --max-qp=40', /--max-qp=40 allows 160$/u]
] as const)('%s does not pass for %s', (stream, params, breach) => {
  expect(seen(stream, params).breach).toMatch(breach)
})

test.each([
  ['aom', GIVEN.aom.replace('=55', '=60')],
  ['vp9', GIVEN.vp9.replace('=55', '=60')],
  ['svt', '--preset=10 --crf=60']
] as const)('%s: finer quantisers than those of %s are odd, and no breach', (stream, params) => {
  expect(seen(stream, params)).toMatchObject({
    breach: undefined,
    oddity: expect.stringMatching(/^its highest quantiser is \d+, and --(?:cq-level|crf)=60 means 240$/u)
  })
})

test.each([
  ['svt', 'packet 16 holds a second key frame'],
  ['aom', undefined],
  ['vp9', undefined]
] as const)('%s: a second key frame is a breach where the encoder makes none', (stream, breach) => {
  const twice = ([first = new Uint8Array(), ...rest]: Uint8Array[]): Uint8Array[] => [first, ...rest, first]
  expect(seen(stream, GIVEN[stream], twice).breach).toBe(breach)
})

test('what cannot be read is odd, and the rest is not looked at', () => {
  for (const stream of ['aom', 'svt', 'vp9'] as const)
    expect(
      seen(stream, GIVEN[stream], ([first = new Uint8Array(), ...rest]) => [first.subarray(0, 8), ...rest])
    ).toMatchObject({
      quantiserMax: undefined,
      oddity: expect.stringMatching(/^its frame headers cannot be read: /u)
    })
})

test('with a target quality, the quantiser that the worker chose decides', () => {
  const { quantiserMax } = frameBoundsOf(findEncoder('aom').parseParams('--end-usage=q --target-quality=psnr:40'))
  expect(quantiserMax).toBeUndefined()
})

test.each([
  ['aom', '--end-usage=q --cq-level=30 --min-q=0 --max-q=20', 120, undefined],
  ['aom', '--end-usage=q --cq-level=30 --min-q=40 --max-q=63', undefined, undefined],
  ['aom', '--cq-level=30', undefined, undefined],
  ['vp9-av', '--cq-level=62', 249, 249],
  ['svt', '--crf=30 --enable-variance-boost=1', undefined, undefined],
  ['svt', '--crf=63', 255, 255]
] as const)('%s %s allows up to %s', (name, params, quantiserMax, quantiserMin) => {
  expect(frameBoundsOf(findEncoder(name).parseParams(params))).toMatchObject({ quantiserMax, quantiserMin })
})
