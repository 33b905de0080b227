import { Connections, End } from './connections.ts'
import { createCounters } from './counters.ts'
import { Gossip } from './gossip.ts'
import type { Bandwidth, Connection, Latency, Network, NetworkInit } from './network-types.ts'
import { Topology } from './topology.ts'
import type { Machine } from './topology.ts'
import { Transfers } from './transfers.ts'
import type { World } from './world.ts'

const LATENCY: Latency = { baseMs: 20, jitterMs: 10 }
const UNLIMITED: Bandwidth = { upBytesPerMs: Infinity, downBytesPerMs: Infinity }

/** A network between processes of one world. What it draws is independent of the world's other streams. */
export function createNetwork(world: World, init: NetworkInit = {}): Network {
  const random = world.random.fork('network')
  const counters = createCounters()
  const topology = new Topology(
    { world, random: random.fork('paths'), counters },
    {
      latency: init.latency ?? LATENCY,
      bandwidth: init.bandwidth ?? UNLIMITED
    }
  )
  const connections = new Connections(
    { world, random: random.fork('connections'), topology },
    {
      dialTimeoutMs: init.dialTimeoutMs ?? 10_000,
      tcpTimeoutMs: init.tcpTimeoutMs ?? 60_000,
      keepAliveMs: init.keepAliveMs ?? 90_000,
      retransmitMsMax: init.retransmitMsMax ?? 3_000
    }
  )
  const gossip = new Gossip(
    { world, random: random.fork('gossip'), topology },
    { loss: 0, duplication: 0, reorderMs: 0, ...init.gossip }
  )
  const transfers = new Transfers(
    { world, topology },
    { transferStallMs: init.transferStallMs ?? 30_000, progressBytes: init.progressBytes ?? 2 ** 20 }
  )
  const machine = (id: string): Machine => topology.machine(id)

  topology.onChange(() => transfers.review())
  connections.onChange((end) => {
    gossip.neighboursChanged(end.machine)
    gossip.neighboursChanged(end.other.machine)
    transfers.review()
  })

  return {
    counters,

    join: (id, handlers, { gate } = {}) => {
      const node = machine(id)
      if (node.process !== undefined) throw new Error(`${id} runs already`)
      const wasUp = node.up
      node.up = true
      node.process = { machine: node, handlers, gate, unwatch: gate?.watch(() => transfers.review()) }
      world.trace(id, () => 'starts')
      if (!wasUp) topology.changed()
    },
    leave: (id, { machine: power = 'up' } = {}) => {
      const node = machine(id)
      node.process?.unwatch?.()
      node.process = undefined
      connections.processEnded(node, power === 'up')
      gossip.processEnded(node)
      world.trace(id, () => (power === 'up' ? 'is killed' : 'loses power'))
      node.up = node.up && power === 'up'
      topology.changed()
    },
    isJoined: (id) => machine(id).process !== undefined,

    setPath: (from, to, up) => {
      world.trace('network', () => `${from} -> ${to} ${up ? 'mended' : 'cut'}`)
      topology.setPath(machine(from), machine(to), up)
    },
    partition: (sets) => {
      world.trace('network', () => `partition ${sets.map((set) => set.join(' ')).join(' | ')} | others`)
      const heal = topology.partition(sets)
      return () => {
        world.trace('network', () => 'a partition heals')
        heal()
      }
    },
    heal: () => {
      world.trace('network', () => 'all heals')
      topology.heal()
    },
    reaches: (from, to) => topology.reaches(machine(from), machine(to)),
    setLatency: (one, other, latency) => {
      machine(one).latencyTo.set(machine(other), latency)
      machine(other).latencyTo.set(machine(one), latency)
    },
    setBandwidth: (id, bandwidth) => {
      machine(id).bandwidth = bandwidth
      transfers.review()
    },
    setGossipFaults: (faults) => gossip.setFaults(faults),

    dial: (from, to, callback) => connections.dial(machine(from), machine(to), callback),
    send: (connection, bytes, kind = 'session') => connections.send(endOf(connection), bytes, kind),
    close: (connection) => connections.close(endOf(connection)),
    connections: (id) => [...machine(id).ends].filter((end) => end.open),
    transfer: (init) => transfers.start(init),

    publish: (from, topic, bytes, { to } = {}) => gossip.publish(machine(from), topic, bytes, to?.map(machine)),
    meshOf: (id) => [...machine(id).mesh].map((peer) => peer.id)
  }
}

function endOf(connection: Connection): End {
  if (!(connection instanceof End)) throw new TypeError('not a connection of this network')
  return connection
}
