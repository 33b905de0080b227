import { describe, expect, test } from 'vitest'
import {
  afterSource,
  checkChunkHashes,
  checkDelivered,
  encodeBlobReceipt,
  fromHex,
  isAnnouncedChunk,
  isMixed,
  LIMITS,
  NO_SOURCES,
  withSources,
  type Came,
  type SourceEnd
} from '../../../../src/swarm/protocol/index.ts'
import { hashNo, refusal } from '../../../fixtures/protocol-samples.ts'

type FailedCode = Extract<SourceEnd, { type: 'failed' }>['code']

const NOTHING: Came = { storedBytes: 0, restBytes: 0, bytes: 0, chunks: 0 }
const CHUNK: Came = { ...NOTHING, bytes: LIMITS.chunkBytes, chunks: 1 }
const failed = (code: FailedCode, came: Partial<Came> = {}): SourceEnd => ({
  type: 'failed',
  code,
  came: { ...NOTHING, ...came }
})
const brokeOff = (came: Partial<Came> = {}): SourceEnd => failed('broke-off', came)
const mixed = (part: 'whole' | 'chunk'): SourceEnd => ({ type: 'mixed', part })
const MIXED = mixed('whole')
/** It gave a chunk, stalled, and is left for the next. */
const GAVE = failed('stalled', CHUNK)
const search = (sources: string, ...ends: readonly SourceEnd[]) => {
  let state = withSources(NO_SOURCES, sources.split(''))
  for (const end of ends) state = afterSource(state, end)
  return state
}

test('each chunk has its own hash [RULE 52]', () => {
  const hashes = new Uint8Array([...fromHex(hashNo(1)), ...fromHex(hashNo(2))])
  expect([0, 1, 2].map((index) => isAnnouncedChunk(hashes, index, hashNo(2)))).toEqual([false, true, false])
})

test('there is a hash for every chunk [RULE 53]', () => {
  const listed = (count: number) => ({ chunkHashes: new Uint8Array(32 * count) })
  expect(refusal(() => checkChunkHashes(listed(2), LIMITS.chunkBytes + 1))).toBe('taken')
  expect(refusal(() => checkChunkHashes(listed(1), LIMITS.chunkBytes + 1))).toBe('invalid')
  expect(refusal(() => checkChunkHashes(listed(0), 1))).toBe('invalid')
})

test('a receipt for another blob is no delivery [RULE 54]', () => {
  expect(refusal(() => checkDelivered(encodeBlobReceipt(hashNo(1)), hashNo(1)))).toBe('taken')
  expect(refusal(() => checkDelivered(encodeBlobReceipt(hashNo(1)), hashNo(2)))).toBe('invalid')
})

describe('several sources [RULE 55]', () => {
  test('are asked once each, in their order', () => {
    expect(search('abab').line).toEqual(['a', 'b'])
    expect(search('abc', failed('not-found'), failed('unreached')).line).toEqual(['c'])
    expect(afterSource(NO_SOURCES, failed('busy'))).toEqual(NO_SOURCES)
  })

  test('only who sent all bytes of a wrong whole has lied', () => {
    expect([
      isMixed(0, undefined, 'a'),
      isMixed(1, undefined, 'a'),
      isMixed(1, 'b', 'a'),
      isMixed(1, 'a', 'a')
    ]).toEqual([false, true, true, false])
    const alone = search('abc', GAVE, MIXED)
    expect(alone).toMatchObject({ line: ['b', 'c', 'a'], alone: true })
    expect([...alone.liars, ...alone.gave]).toEqual([])
    expect(alone.givers).toEqual({ all: undefined, rest: undefined })
  })

  test('a liar is not asked again, whoever names it', () => {
    const caught = search('abc', GAVE, MIXED, failed('wrong-bytes'))
    expect([...caught.liars]).toEqual(['b'])
    expect(withSources(caught, ['b', 'd']).line).toEqual(['c', 'a', 'd'])
  })

  test('who is busy can be asked later', () => {
    expect(search('ab', failed('busy'))).toMatchObject({ line: ['b'], busy: ['a'] })
  })

  test('who breaks off is asked for the rest as long as that brings something', () => {
    expect(search('ab', brokeOff(CHUNK), brokeOff(CHUNK), brokeOff(CHUNK)).line).toEqual(['a', 'b'])
    const little = { bytes: LIMITS.chunkBytes / 16 - 1 }
    expect(search('ab', ...Array.from({ length: 3 }, () => brokeOff(little)))).toMatchObject({
      line: ['a', 'b'],
      fruitless: 3
    })
    expect(search('ab', ...Array.from({ length: 4 }, () => brokeOff(little)))).toMatchObject({
      line: ['b'],
      fruitless: 0
    })
    expect(search('ab', brokeOff(little), brokeOff({ bytes: LIMITS.chunkBytes / 16 })).fruitless).toBe(0)
  })

  test('who gave something may be out of reach for a moment; who never answered, or stands still, is left', () => {
    expect(search('ab', failed('unreached')).line).toEqual(['b'])
    expect(search('ab', failed('stalled', CHUNK)).line).toEqual(['b'])
    expect(search('ab', brokeOff(CHUNK), failed('unreached')).line).toEqual(['a', 'b'])
  })

  test("what one gave over several transfers is its own; what two gave is nobody's", () => {
    const once = search('ab', brokeOff(CHUNK))
    expect(once.givers).toEqual({ all: 'a', rest: 'a' })
    const twice = afterSource(once, brokeOff({ ...CHUNK, storedBytes: LIMITS.chunkBytes }))
    expect(twice.givers.all).toBe('a')
    const gone = afterSource(twice, failed('stalled'))
    expect(afterSource(gone, brokeOff({ ...CHUNK, storedBytes: 2 * LIMITS.chunkBytes })).givers).toEqual({
      all: undefined,
      rest: 'b'
    })
  })

  test("the half of a chunk that another left does not become one's own", () => {
    const half = { bytes: LIMITS.chunkBytes / 2 }
    const left = search('ab', failed('stalled', half))
    expect(left.givers.rest).toBe('a')
    const mine = afterSource(left, brokeOff({ restBytes: half.bytes, bytes: 9 }))
    expect(mine.givers.rest).toBeUndefined()
    // It is thrown away, and the same source begins the chunk again: from here on all is its own.
    const anew = afterSource(mine, mixed('chunk'))
    expect(anew).toMatchObject({ line: ['b'], alone: false })
    expect(anew.givers.rest).toBe('b')
  })
})
