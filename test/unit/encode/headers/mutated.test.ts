import { expect, test } from 'vitest'
import {
  av1SceneStart,
  av1ShownFrames,
  BitstreamError,
  createFrameCheck,
  createIvfReader,
  findEncoder,
  frameBoundsOf,
  parseAv1Sequence,
  vp9SceneStart,
  vp9ShownFrames
} from '../../../../src/encode/rules/index.ts'
import { createRandom, type Random } from '../../../sim/engine/random.ts'
import { TINY_STREAMS } from '../../../fixtures/tiny-streams.ts'

const MUTATIONS = 10_000

/** Memory for a frame is taken as soon as its length is known. */
const FRAME_BYTES_MAX = 65_536

/** Far more than any takes, on a busy machine too. */
const MS_A_STREAM_MAX = 5000

/** Cut short, bytes changed, a run doubled or taken out, a length made huge. */
function mutated(bytes: Uint8Array, random: Random): Uint8Array {
  const copy = Buffer.from(bytes)
  const at = random.int(copy.length)
  const run = 1 + random.int(40)
  switch (random.int(6)) {
    case 0:
      return copy.subarray(0, at)
    case 1:
      return Buffer.concat([copy.subarray(0, at), copy.subarray(at + run)])
    case 2:
      return Buffer.concat([copy.subarray(0, at), copy.subarray(Math.max(0, at - run))])
    case 3:
      return copy.fill(random.int(2) * 0xff, at, Math.min(copy.length, at + run))
    case 4:
      // The length of the first frame.
      copy.writeUInt32LE(random.int(2 ** 31), 32)
      return copy
    default:
      for (let i = 0; i < run; i += 1) copy[random.int(copy.length)] = random.int(256)
      return copy
  }
}

/** All that an owner reads of a result before a decoder sees it. */
function readAll(bytes: Uint8Array, name: keyof typeof TINY_STREAMS): void {
  const encoder = findEncoder(name)
  const check = createFrameCheck(encoder.fourcc, frameBoundsOf(encoder.parseParams('')))
  const reader = createIvfReader({ frameBytesMax: FRAME_BYTES_MAX })
  for (const [n, { data }] of reader.push(bytes).entries()) {
    check.add(data)
    if (n === 0 && encoder.fourcc === 'AV01') parseAv1Sequence(av1SceneStart(data))
    if (n === 0 && encoder.fourcc === 'VP90') vp9SceneStart(data)
    if (encoder.fourcc === 'AV01') av1ShownFrames(data)
    else vp9ShownFrames(data)
  }
  reader.end()
}

test(`${MUTATIONS} mutated streams are read or refused by the readers' own error`, () => {
  const names = ['aom', 'svt', 'vp9'] as const
  const refused = new Set<string>()
  for (let seed = 0; seed < MUTATIONS; seed += 1) {
    const random = createRandom(seed)
    const name = names[seed % names.length] ?? 'aom'
    let bytes: Uint8Array = TINY_STREAMS[name]
    for (let n = random.int(3); n >= 0; n -= 1) if (bytes.length > 36) bytes = mutated(bytes, random)
    const startedMs = performance.now()
    try {
      readAll(bytes, name)
    } catch (error) {
      if (!(error instanceof BitstreamError)) throw new Error(`seed ${seed}`, { cause: error })
      refused.add(error.code)
    }
    expect(performance.now() - startedMs, `seed ${seed}`).toBeLessThan(MS_A_STREAM_MAX)
  }
  expect(refused.size).toBeGreaterThan(3)
})
