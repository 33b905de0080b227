import { multiaddr } from '@multiformats/multiaddr'
import { expect, onTestFinished, test } from 'vitest'
import { createDirectPath, createRelayServer, type SwarmNode } from '../../../src/swarm/index.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { connect, silent, testNode } from '../../fixtures/swarm-node.ts'

const DEADLINE = { deadlineMs: 60_000 }

/** Two nodes that are connected through a relay only. */
async function relayedPair(): Promise<readonly [SwarmNode, SwarmNode]> {
  const [relay, home, caller] = await Promise.all([testNode(), testNode({ relays: 1 }), testNode()])
  const server = createRelayServer(
    { node: relay, log: silent, mayReserve: () => true },
    { bytesPerHour: 1 << 26, peersMax: 4 }
  )
  await server.start()
  onTestFinished(async () => server.stop())
  await connect(home, relay)
  await eventually('a reservation', () => server.reserved().length === 1, DEADLINE)
  const way = `${String(relay.getMultiaddrs()[0])}/p2p-circuit/p2p/${home.peerId.toString()}`
  await caller.dial(multiaddr(way))
  return [home, caller]
}

const ways = (from: SwarmNode, to: SwarmNode): boolean[] => from.getConnections(to.peerId).map(({ direct }) => direct)

test.for(['home', 'caller'] as const)(
  'a direct connection takes the place of a relayed one, made by the %s',
  async (who) => {
    const [home, caller] = await relayedPair()
    expect(ways(caller, home)).toEqual([false])
    const [from, to] = who === 'home' ? [home, caller] : [caller, home]
    const path = createDirectPath({ node: from, log: silent }, { retryMs: 50 })
    path.start()
    onTestFinished(path.stop)
    await eventually(
      'only a direct connection',
      () => ways(from, to).length === 1 && ways(from, to)[0] === true,
      DEADLINE
    )
  }
)
