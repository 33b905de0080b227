import { expect, test } from 'vitest'
import { doingOf } from '../../../../web/src/swarm/doing.ts'
import { sortPeers } from '../../../../web/src/swarm/sort-peers.ts'
import { nodeOf, peerOf, projectOf } from '../../../fixtures/web-data.ts'

test('this node stands first, then the connected ones by speed, then the rest', () => {
  const sorted = sortPeers([
    peerOf({ peerId: 'away', connected: false, fps: 90 }),
    peerOf({ peerId: 'slow', fps: 1 }),
    peerOf({ peerId: 'fast', fps: 9 }),
    nodeOf({ peerId: 'me', fps: 0 })
  ])
  expect(sorted.map(({ peerId }) => peerId)).toEqual(['me', 'fast', 'slow', 'away'])
})

test('what a worker encodes is gathered over all projects', () => {
  const one = projectOf({
    projectId: 'a',
    running: [{ scene: 3, worker: 'w', pass: 1, frames: 9, sceneFrames: 100, share: 0.5 }]
  })
  const two = projectOf({
    projectId: 'b',
    running: [
      { scene: 0, worker: 'w', pass: 2, frames: 1, sceneFrames: 100, share: 0.5 },
      { scene: 1, worker: 'x', pass: 0, frames: 0, sceneFrames: 100, share: 0.5 }
    ]
  })
  const doing = doingOf([one, two])
  expect(doing.get('w')?.map(({ project, scene }) => [project.projectId, scene])).toEqual([
    ['a', 3],
    ['b', 0]
  ])
  expect(doing.get('x')).toHaveLength(1)
})
