import type { TrafficKind } from './network-types.ts'

export interface Traffic {
  sentMessages: number
  sentBytes: number
  receivedMessages: number
  receivedBytes: number
}

export type GossipTally = Record<'accepted' | 'ignored' | 'rejected' | 'duplicates' | 'lost', number>

export interface NodeCounters {
  /** Gossip is counted for each hop. */
  readonly traffic: Readonly<Record<TrafficKind, Traffic>>
  /** What this node decided on messages it got. */
  readonly gossip: GossipTally
  /** Messages of these authors that this node rejected. */
  readonly rejectedAuthors: Map<string, number>
  /** Messages from these neighbours that this node rejected: what a score would count. */
  readonly rejectedNeighbours: Map<string, number>
}

/** What went over the network since it was made; a restart of a node does not reset it. */
export interface Counters {
  of: (id: string) => NodeCounters
  /** Sum of all nodes. */
  total: (kind: TrafficKind) => Traffic
}

export function createCounters(): Counters {
  const nodes = new Map<string, NodeCounters>()
  return {
    of: (id) => {
      let counters = nodes.get(id)
      if (counters === undefined) nodes.set(id, (counters = createNodeCounters()))
      return counters
    },
    total: (kind) => {
      const sum = createTraffic()
      for (const { traffic } of nodes.values()) {
        sum.sentMessages += traffic[kind].sentMessages
        sum.sentBytes += traffic[kind].sentBytes
        sum.receivedMessages += traffic[kind].receivedMessages
        sum.receivedBytes += traffic[kind].receivedBytes
      }
      return sum
    }
  }
}

function createNodeCounters(): NodeCounters {
  return {
    traffic: { gossip: createTraffic(), session: createTraffic(), sync: createTraffic(), bulk: createTraffic() },
    gossip: { accepted: 0, ignored: 0, rejected: 0, duplicates: 0, lost: 0 },
    rejectedAuthors: new Map(),
    rejectedNeighbours: new Map()
  }
}

function createTraffic(): Traffic {
  return { sentMessages: 0, sentBytes: 0, receivedMessages: 0, receivedBytes: 0 }
}
