import { expect, test } from 'vitest'
import { missingSince } from '../../../src/swarm/log/missing-since.ts'

const head = (seq: number, hash = 'ab'): { seq: number; hash: string } => ({ seq, hash })

test('a log that is shorter, gone or another one is named; a longer one is not', () => {
  const noted = new Map([
    ['same', head(4)],
    ['longer', head(4)],
    ['shorter', head(4)],
    ['gone', head(0)],
    ['other', head(4)]
  ])
  const found = new Map([
    ['same', head(4)],
    ['longer', head(5, 'cd')],
    ['shorter', head(3, 'cd')],
    ['other', head(4, 'cd')],
    ['new', head(7)]
  ])
  expect(missingSince(noted, found)).toEqual([
    { projectId: 'shorter', notedSeq: 4, foundSeq: 3 },
    { projectId: 'gone', notedSeq: 0, foundSeq: undefined },
    { projectId: 'other', notedSeq: 4, foundSeq: 4 }
  ])
})
