import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPublicKey } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createReachWatch, type ReachWatchComponents } from '../../../../src/swarm/reach/reach-watch.ts'
import { silent } from '../../../fixtures/swarm-node.ts'
import type { Connection, IdentifyResult, PeerId } from '@libp2p/interface'
import type { ReachReply } from '../../../../src/swarm/protocol/index.ts'

const REACHED = { status: 'reached', ip: '8.8.8.8', port: 7898 } as const
const HERE = '/ip4/8.8.8.8/tcp/7898'
const MINUTE = 60_000

interface Peer {
  readonly id: PeerId
  readonly connection: Connection
}

async function peerAt(address: string, direct = true): Promise<Peer> {
  const id = peerIdFromPublicKey((await generateKeyPair('Ed25519')).publicKey)
  const some: Partial<Connection> = { remotePeer: id, remoteAddr: multiaddr(address), direct, status: 'open' }
  return { id, connection: some as Connection }
}

function watched(peers: readonly Peer[], answer: (peer: string) => ReachReply, known: readonly Peer[] = []) {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
  onTestFinished(() => {
    vi.useRealTimers()
  })
  const events = new EventTarget()
  const asked: string[] = []
  const changes: (readonly string[])[] = []
  const some = Object.assign(events, {
    getConnections: (peer?: PeerId) =>
      peers.filter(({ id }) => peer === undefined || peer.equals(id)).map(({ connection }) => connection)
  })
  const node = some as unknown as ReachWatchComponents['node']
  const watch = createReachWatch(
    {
      node,
      dialBack: {
        ask: async ({ remotePeer }) => {
          asked.push(remotePeer.toString())
          return answer(remotePeer.toString())
        }
      },
      isKnown: (peer) => known.some(({ id }) => id.toString() === peer),
      ports: () => [7898],
      log: silent
    },
    { onChange: (addresses) => changes.push(addresses) }
  )
  watch.start()
  onTestFinished(watch.stop)
  const come = async (...those: readonly Peer[]): Promise<void> => {
    for (const { id, connection } of those) {
      const detail: IdentifyResult = { peerId: id, protocols: [], listenAddrs: [], connection }
      events.dispatchEvent(new CustomEvent('peer:identify', { detail }))
    }
    await vi.advanceTimersByTimeAsync(0)
  }
  return { watch, asked, changes, come }
}

test('a known peer that got through is believed, until it does not any more', async () => {
  const friend = await peerAt('/ip4/9.9.9.9/tcp/1')
  let reply: ReachReply = REACHED
  const { watch, changes, come } = watched([friend], () => reply, [friend])
  await come(friend)
  expect(watch.state()).toEqual({ addresses: [HERE], tried: 1, reached: 1 })
  reply = { status: 'busy' }
  await vi.advanceTimersByTimeAsync(10 * MINUTE)
  expect(watch.state().addresses).toEqual([HERE])
  reply = { status: 'not-reached' }
  await vi.advanceTimersByTimeAsync(10 * MINUTE)
  expect(changes).toEqual([[HERE], []])
  expect(watch.state()).toEqual({ addresses: [], tried: 1, reached: 0 })
})

test('what nobody says again is forgotten', async () => {
  const friend = await peerAt('/ip4/9.9.9.9/tcp/1')
  let isGone = false
  const { changes, come } = watched([friend], () => (isGone ? { status: 'busy' } : REACHED), [friend])
  await come(friend)
  isGone = true
  await vi.advanceTimersByTimeAsync(40 * MINUTE)
  expect(changes).toEqual([[HERE], []])
})

test('peers that are near, relayed, or dialled by name are not asked', async () => {
  const peers = await Promise.all([
    peerAt('/ip4/192.168.1.2/tcp/1'),
    peerAt('/ip4/9.9.9.9/tcp/1/p2p-circuit', false),
    peerAt('/dns4/home.example/tcp/1')
  ])
  const { asked, come } = watched(peers, () => REACHED, peers)
  await come(...peers)
  await vi.advanceTimersByTimeAsync(10 * MINUTE)
  expect(asked).toEqual([])
})

test('a stranger cannot make it announce somebody else, nor push out what a known peer said', async () => {
  const friend = await peerAt('/ip4/9.9.9.9/tcp/1')
  const liars = await Promise.all(Array.from({ length: 40 }, async (_, index) => peerAt(`/ip4/7.7.7.${index}/tcp/1`)))
  const lie = { ...REACHED, ip: '1.2.3.4' }
  const { watch, come } = watched([friend, ...liars], (peer) => (peer === friend.id.toString() ? REACHED : lie), [
    friend
  ])
  await come(...liars.slice(0, 20), friend, ...liars.slice(20))
  await vi.advanceTimersByTimeAsync(10 * MINUTE)
  expect(watch.state().addresses).toEqual([HERE])
  expect(watch.state().tried).toBeLessThanOrEqual(16)
})

test('a port that nobody asked for is not believed, and one peer is not asked twice within a minute', async () => {
  const friend = await peerAt('/ip4/9.9.9.9/tcp/1')
  const { watch, asked, come } = watched([friend], () => ({ ...REACHED, port: 80 }), [friend])
  await come(friend, friend)
  await come(friend)
  expect(asked).toHaveLength(1)
  expect(watch.state()).toEqual({ addresses: [], tried: 1, reached: 0 })
})
