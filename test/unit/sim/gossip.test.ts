import { describe, expect, test } from 'vitest'
import { createNetwork } from '../../sim/engine/network.ts'
import type { GossipVerdict, Network, NetworkInit } from '../../sim/engine/network-types.ts'
import { createWorld } from '../../sim/engine/world.ts'
import type { World } from '../../sim/engine/world.ts'

const MESSAGE = Uint8Array.of(1, 2, 3)

interface Swarm {
  readonly world: World
  readonly net: Network
  /** Who has heard, in order, with the neighbour it came from. */
  readonly heard: { readonly id: string; readonly via: string }[]
}

/** `count` nodes, all connected to each other, or in a line. */
function swarm(
  count: number,
  init: NetworkInit & { shape?: 'full' | 'line'; verdict?: (id: string) => GossipVerdict } = {}
): Swarm {
  const { shape = 'full', verdict = () => 'accept' } = init
  const world = createWorld({ seed: 3 })
  const net = createNetwork(world, init)
  const heard: { id: string; via: string }[] = []
  for (let at = 0; at < count; at++) {
    const id = `n${at}`
    net.join(id, {
      onGossip: (topic, bytes, via, author) => {
        expect([topic, bytes, author]).toEqual(['log', MESSAGE, 'n0'])
        heard.push({ id, via })
        return verdict(id)
      }
    })
    for (let other = shape === 'full' ? 0 : at - 1; other >= 0 && other < at; other++) {
      net.dial(id, `n${other}`, () => {})
    }
  }
  world.run()
  return { world, net, heard }
}

describe('gossip', () => {
  test('reaches every node once over a mesh of few neighbours', () => {
    const { world, net, heard } = swarm(40)
    for (let at = 0; at < 40; at++) {
      const mesh = net.meshOf(`n${at}`)
      expect(mesh.length).toBeGreaterThanOrEqual(6)
      expect(mesh.length).toBeLessThanOrEqual(12)
      for (const peer of mesh) expect(net.meshOf(peer)).toContain(`n${at}`)
    }
    net.publish('n0', 'log', MESSAGE)
    const begunMs = world.nowMs
    world.run()
    expect(heard).toHaveLength(39)
    expect(new Set(heard.map((one) => one.id)).size).toBe(39)
    expect(world.nowMs - begunMs).toBeLessThan(300)
    const { sentMessages, receivedMessages, sentBytes } = net.counters.total('gossip')
    expect(sentMessages).toBeLessThan(40 * 12)
    expect([receivedMessages, sentBytes]).toEqual([sentMessages, sentMessages * 3])
  })

  test('is passed on only where it was accepted; rejections are counted against author and neighbour', () => {
    const verdict = (id: string): GossipVerdict => (id === 'n2' ? 'reject' : 'accept')
    const { world, net, heard } = swarm(4, { shape: 'line', verdict })
    net.publish('n0', 'log', MESSAGE)
    world.run()
    expect(heard).toEqual([
      { id: 'n1', via: 'n0' },
      { id: 'n2', via: 'n1' }
    ])
    const { gossip, rejectedAuthors, rejectedNeighbours } = net.counters.of('n2')
    expect(gossip.rejected).toBe(1)
    expect([...rejectedAuthors]).toEqual([['n0', 1]])
    expect([...rejectedNeighbours]).toEqual([['n1', 1]])
    expect(net.counters.of('n1').gossip).toMatchObject({ accepted: 1, rejected: 0 })
  })

  test('never goes back to where it came from', () => {
    const { world, net } = swarm(4, { shape: 'line' })
    net.publish('n0', 'log', MESSAGE)
    world.run()
    expect(net.counters.total('gossip').sentMessages).toBe(3)
  })

  test('ignored goes no further and counts against nobody', () => {
    const { world, net, heard } = swarm(3, { shape: 'line', verdict: () => 'ignore' })
    net.publish('n0', 'log', MESSAGE)
    world.run()
    expect(heard).toHaveLength(1)
    expect(net.counters.of('n1')).toMatchObject({ gossip: { ignored: 1 }, rejectedNeighbours: new Map() })
  })

  test('a duplicate is heard once, a loss not at all, a late one overtaken', () => {
    const doubled = swarm(2, { gossip: { duplication: 1 } })
    doubled.net.publish('n0', 'log', MESSAGE)
    doubled.world.run()
    expect(doubled.heard).toHaveLength(1)
    expect(doubled.net.counters.of('n1').gossip.duplicates).toBe(1)

    const lossy = swarm(2, { gossip: { loss: 1 } })
    lossy.net.publish('n0', 'log', MESSAGE)
    lossy.world.run()
    expect(lossy.heard).toHaveLength(0)
    expect(lossy.net.counters.of('n0').gossip.lost).toBe(1)
    lossy.net.setGossipFaults({ loss: 0 })
    lossy.net.publish('n0', 'log', MESSAGE)
    lossy.world.run()
    expect(lossy.heard).toHaveLength(1)
  })

  test('messages overtake each other where told to', () => {
    const order = (reorderMs: number): string => {
      const world = createWorld({ seed: 8 })
      const net = createNetwork(world, { latency: { baseMs: 10, jitterMs: 0 }, gossip: { reorderMs } })
      let seen = ''
      net.join('a', {})
      net.join('b', {
        onGossip: (topic) => {
          seen += topic
          return 'accept'
        }
      })
      net.dial('a', 'b', () => {})
      world.run()
      for (const topic of '0123456789') net.publish('a', topic, MESSAGE)
      world.run()
      return seen
    }
    expect(order(0)).toBe('0123456789')
    expect(order(1000)).not.toBe('0123456789')
    expect(order(1000).split('').sort().join('')).toBe('0123456789')
  })

  test('a chosen few can be told; only peers with a connection', () => {
    const { world, net, heard } = swarm(4, { shape: 'line', verdict: () => 'ignore' })
    net.publish('n0', 'log', MESSAGE, { to: ['n1', 'n3', 'nobody'] })
    world.run()
    expect(heard.map((one) => one.id)).toEqual(['n1'])
  })

  test('does not cross a cut, and the mesh mends itself around the dead', () => {
    const { world, net, heard } = swarm(30, { keepAliveMs: 5000 })
    const heal = net.partition([['n0', 'n1', 'n2']])
    net.publish('n0', 'log', MESSAGE)
    world.run({ untilMs: world.nowMs + 1000 })
    expect(heard.every((one) => ['n1', 'n2'].includes(one.id))).toBe(true)
    heal()
    heard.length = 0
    const dead = net.meshOf('n0')
    for (const id of dead) net.leave(id)
    world.run()
    expect(net.meshOf('n0').length).toBeGreaterThanOrEqual(6)
    expect(net.meshOf('n0').filter((id) => dead.includes(id))).toEqual([])
    net.publish('n0', 'log', MESSAGE)
    world.run()
    expect(heard).toHaveLength(29 - dead.length)
  })
})
