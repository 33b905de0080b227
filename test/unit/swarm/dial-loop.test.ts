import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { expect, onTestFinished, test } from 'vitest'
import { createDialLoop } from '../../../src/swarm/dial-loop.ts'
import { CONNECTIONS } from '../../../src/swarm/doors/door-limits.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { silent } from '../../fixtures/swarm-node.ts'
import type { PeerId } from '@libp2p/interface'
import type { SwarmNode } from '../../../src/swarm/index.ts'

const newPeer = async (): Promise<PeerId> => peerIdFromPrivateKey(await generateKeyPair('Ed25519'))

test('peers that somebody made up on the local network are dialled up to a number, and give way to others once they do not answer', async () => {
  const dialled: string[] = []
  const pending: ((error: Error) => void)[] = []
  const node = Object.assign(new EventTarget(), {
    peerId: await newPeer(),
    peerStore: { all: async () => [] },
    getConnections: () => [],
    dial: async (peer: PeerId) => {
      dialled.push(peer.toString())
      return new Promise<never>((_resolve, reject) => pending.push(reject))
    }
  })
  const loop = createDialLoop({ node: node as unknown as SwarmNode, log: silent }, { bootstrap: [], pauseMs: 60_000 })
  loop.start()
  onTestFinished(() => loop.stop())
  const see = (id: PeerId): void => void node.dispatchEvent(new CustomEvent('peer:discovery', { detail: { id } }))
  const madeUp = await Promise.all(Array.from({ length: CONNECTIONS.dialledMax + 20 }, newPeer))
  for (const id of madeUp) see(id)
  await eventually('those that fit are dialled', () => dialled.length === CONNECTIONS.dialledMax)
  const real = await newPeer()
  see(real)
  expect(dialled).toHaveLength(CONNECTIONS.dialledMax)
  pending[0]?.(new Error('nobody answers'))
  await eventually('the next one gets its place', () => {
    see(real)
    return dialled.includes(real.toString())
  })
})
