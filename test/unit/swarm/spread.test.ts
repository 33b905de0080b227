import { expect, test } from 'vitest'
import { createSpread } from '../../../src/swarm/gossip/spread.ts'
import type { ProjectView } from '../../../src/swarm/protocol/index.ts'
import { announceSample, OWNER, PROJECT } from '../../fixtures/protocol-samples.ts'

const ENVELOPE = new Uint8Array([1])
const PEERS = ['friend', 'foe'].map((name) => ({ toString: () => name }))

test.for([
  ['all', 'log', ['gossip log']],
  ['all', 'beats', ['gossip beats']],
  ['trusted', 'log', ['told friend']],
  ['trusted', 'beats', ['told friend']]
] as const)('of a project for %s, the news about its %s go to whom they should', async ([share, topic, expected]) => {
  const view = { projectId: PROJECT, owner: OWNER, announce: { ...announceSample, share } } as unknown as ProjectView
  const said: string[] = []
  const spread = createSpread({
    node: { getPeers: () => PEERS as never },
    gossip: { publish: async (to) => void said.push(`gossip ${to}`), say: (to) => void said.push(`gossip ${to}`) },
    book: { views: new Map([[PROJECT, view]]) },
    sync: { tell: (peer) => void said.push(`told ${peer}`) },
    toldTo: (peer) => () => peer === 'friend'
  })
  await spread.publish(PROJECT, topic, ENVELOPE)
  spread.say(PROJECT, topic, ENVELOPE)
  expect(said).toEqual([...expected, ...expected])
})
