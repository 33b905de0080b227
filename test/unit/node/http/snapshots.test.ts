import { expect, test } from 'vitest'
import { isSameSnapshot } from '../../../../src/api/project-status-text.ts'
import { createSnapshots } from '../../../../src/node/http/snapshots.ts'
import { beatOf, viewOf } from '../../../fixtures/api-bench.ts'
import { OWNER, PROJECT } from '../../../fixtures/protocol-samples.ts'

function bench() {
  const beats = new Map([[PROJECT, beatOf()]])
  const snapshots = createSnapshots({
    peerId: OWNER,
    book: { views: new Map([[PROJECT, viewOf()]]), beats, behind: new Map() },
    owner: {
      jobOf: () => undefined,
      stateOf: () => undefined,
      waiting: { of: () => undefined, list: () => [] }
    } as unknown as Parameters<typeof createSnapshots>[0]['owner'],
    heard: { atMs: () => undefined } as unknown as Parameters<typeof createSnapshots>[0]['heard'],
    idleOf: () => undefined
  })
  const look = () => {
    const [snapshot] = snapshots.list()
    if (snapshot == null) throw new Error('there is no project')
    return snapshot
  }
  return { beats, look }
}

test('a project to which nothing happened is the same at each look: answers are kept for it', () => {
  const { beats, look } = bench()
  const before = look()
  expect(isSameSnapshot(before, look())).toBe(true)
  beats.set(PROJECT, beatOf({ beatNo: 2 }))
  expect(isSameSnapshot(before, look())).toBe(false)
})
