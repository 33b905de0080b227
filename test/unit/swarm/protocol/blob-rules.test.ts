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
  type SourceEnd
} from '../../../../src/swarm/protocol/index.ts'
import { hashNo, refusal } from '../../../fixtures/protocol-samples.ts'

const failed = (code: Extract<SourceEnd, { type: 'failed' }>['code'], gave = false): SourceEnd => ({
  type: 'failed',
  code,
  gave
})
const MIXED: SourceEnd = { type: 'mixed' }
const search = (sources: string, ...ends: readonly SourceEnd[]) => {
  let state = withSources(NO_SOURCES, [...sources])
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
    expect(search('abc', failed('not-found'), failed('unreachable')).line).toEqual(['c'])
    expect(afterSource(NO_SOURCES, failed('busy'))).toEqual(NO_SOURCES)
  })

  test('only who sent all bytes of a wrong whole has lied', () => {
    expect([isMixed(0), isMixed(1)]).toEqual([false, true])
    const alone = search('abc', failed('unreachable', true), MIXED)
    expect(alone).toMatchObject({ line: ['b', 'c', 'a'], alone: true })
    expect([...alone.liars, ...alone.gave]).toEqual([])
  })

  test('a liar is not asked again, whoever names it', () => {
    const caught = search('abc', failed('unreachable', true), MIXED, failed('wrong-bytes'))
    expect([...caught.liars]).toEqual(['b'])
    expect(withSources(caught, ['b', 'd']).line).toEqual(['c', 'a', 'd'])
  })

  test('once each is tried alone, a part is of no use to the others', () => {
    const alone = search('ab', failed('unreachable', true), MIXED, failed('unreachable', true))
    expect([...alone.gave]).toEqual([])
    expect(alone.line).toEqual(['a'])
  })

  test('who is busy can be asked later', () => {
    expect(search('ab', failed('busy'))).toMatchObject({ line: ['b'], busy: ['a'] })
  })
})
