import { describe, expect, test } from 'vitest'
import { checkKeepUids, segmentUids, uidFault, uidOptions } from '../../../src/encode/rules/index.ts'

const [A, B, C] = ['a'.repeat(32), 'b'.repeat(32), 'c'.repeat(32)]

test('numbers of other lengths and kinds are none', () => {
  const found = segmentUids({
    segment_uid: A.toUpperCase(),
    previous_segment_uid: 'abc',
    next_segment_uid: 5,
    title: B
  })
  expect(found).toEqual({ segment_uid: A })
  expect(uidOptions(found)).toEqual(['--segment-uid', A])
  expect(uidOptions({})).toEqual([])
})

describe('a film is held against what was planned', () => {
  const all = { segment_uid: A, previous_segment_uid: B, next_segment_uid: C }
  test.for([
    [all, all, undefined],
    [{}, { segment_uid: B }, undefined],
    [{}, { segment_uid: B, next_segment_uid: C }, `its next segment uid is ${C}, not missing`],
    [all, { ...all, segment_uid: C }, `its segment uid is ${C}, not ${A}`],
    [{ segment_uid: A }, { segment_uid: A, previous_segment_uid: B }, `its previous segment uid is ${B}, not missing`],
    [all, { segment_uid: A, previous_segment_uid: B }, `its next segment uid is missing, not ${C}`]
  ] as const)('%#', ([planned, found, fault]) => {
    expect(uidFault(planned, found)).toBe(fault)
  })
})

test('whole .mkv films only', () => {
  expect(() => checkKeepUids('mkv', { isPart: false })).not.toThrow()
  for (const container of ['mp4', 'webm'] as const)
    expect(() => checkKeepUids(container, { isPart: false })).toThrow(`.${container} cannot link files`)
  expect(() => checkKeepUids('mkv', { isPart: true })).toThrow(expect.objectContaining({ code: 'bad-uids' }))
})
