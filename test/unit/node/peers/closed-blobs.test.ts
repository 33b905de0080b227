import { expect, test } from 'vitest'
import { createClosedBlobs } from '../../../../src/node/peers/closed-blobs.ts'
import type { LogChange } from '../../../../src/swarm/index.ts'
import type { LogBody, ProjectView, Share } from '../../../../src/swarm/protocol/index.ts'
import { viewOf } from '../../../fixtures/api-bench.ts'
import { hashNo, planNo, WORKER } from '../../../fixtures/protocol-samples.ts'

const shared = (share: Share, projectId: string, scenes: [number, number?][]): ProjectView => {
  const view = viewOf({ projectId, scenes })
  return { ...view, announce: { ...view.announce, share } }
}

test('pieces and scenes of projects for trusted peers are known by their hashes, now and later', () => {
  const open = shared('all', 'open', [[10, 5], [20]])
  const closed = shared('trusted', 'closed', [[10, 5], [20]])
  const views = new Map([['closed', closed]])
  let note: (change: LogChange) => void = () => {}
  const blobs = createClosedBlobs({
    views,
    onRecord: (listener) => {
      note = listener
      return () => {}
    }
  })
  const tell = (view: ProjectView, body: LogBody): void => note({ view, record: { body } } as LogChange)
  const piece = (index: number): string => planNo(index, 0, 10).piece.sha256
  expect([piece(0), piece(1), hashNo(0), hashNo(1)].map(blobs.shareOf)).toEqual([
    'trusted',
    'trusted',
    'trusted',
    'all'
  ])

  const accept = {
    scene: 1,
    result: { sha256: hashNo(1), bytes: 5 },
    worker: WORKER,
    epoch: 1,
    attempt: 1,
    encodeMs: 1
  }
  tell(open, { type: 'accept', accept })
  expect(blobs.shareOf(hashNo(1))).toBe('all')
  tell(closed, { type: 'accept', accept })
  tell(closed, { type: 'scenes', scenes: [planNo(7, 0, 10)] })
  expect([hashNo(1), piece(7)].map(blobs.shareOf)).toEqual(['trusted', 'trusted'])

  views.clear()
  blobs.sweep()
  expect([piece(0), hashNo(1)].map(blobs.shareOf)).toEqual(['all', 'all'])
})
