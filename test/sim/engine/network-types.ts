import type { Counters } from './counters.ts'
import type { Gate } from './gate.ts'

/** What traffic is counted as; also the channel of a message on its connection. */
export type TrafficKind = 'gossip' | 'session' | 'sync' | 'bulk'

/** `closed`: the peer closed it, all it had sent came before. `reset`: the peer's process does not know it (any more). `timeout`: nothing came through for too long. */
export type CloseReason = 'closed' | 'reset' | 'timeout'

/** One side of a connection; `send` and `close` take the side of who calls. */
export interface Connection {
  /** The same on both sides. */
  readonly id: number
  readonly self: string
  readonly peer: string
  /** Whether this side dialled. */
  readonly initiator: boolean
  /** Whether this side may send; the other side can be gone already. */
  readonly open: boolean
}

export type DialResult =
  | { readonly status: 'connected'; readonly connection: Connection }
  /** `refused`: the machine answers, the process does not run. `unreachable`: no answer within `dialTimeoutMs`. */
  | { readonly status: 'failed'; readonly reason: 'refused' | 'unreachable' }

export type GossipVerdict = 'accept' | 'ignore' | 'reject'

/** What a process does with what reaches it. Called from events only, never from within a call to the network. */
export interface NodeHandlers {
  /** Somebody dialled this node. The dialler hears through its callback. */
  readonly onConnection?: (connection: Connection, peer: string) => void
  readonly onMessage?: (connection: Connection, peer: string, bytes: Uint8Array, kind: TrafficKind) => void
  /** The connection is over and this side did not close it. */
  readonly onClose?: (connection: Connection, peer: string, reason: CloseReason) => void
  /** The verdict on a message that is new to this node; only `accept` passes it on. `via` is the neighbour it came from. Without it all is ignored. */
  readonly onGossip?: (topic: string, bytes: Uint8Array, via: string, author: string) => GossipVerdict
}

export interface JoinInit {
  /** Holds back what arrives while the process is stopped; give the node's clock. */
  readonly gate?: Gate
}

export interface Latency {
  readonly baseMs: number
  /** A message takes up to this longer, evenly. */
  readonly jitterMs: number
}

export interface Bandwidth {
  readonly upBytesPerMs: number
  readonly downBytesPerMs: number
}

/** Faults of gossip, each for one hop. */
export interface GossipFaults {
  readonly loss: number
  readonly duplication: number
  /** A hop takes up to this longer, evenly, so that messages overtake each other. */
  readonly reorderMs: number
}

export type TransferFailure =
  /** Nothing came for `transferStallMs`: cut, machine off, or sender stopped. */
  | 'stalled'
  /** No connection between the two, or the last one closed. */
  | 'disconnected'

export interface TransferInit {
  /** Who has the bytes. */
  readonly from: string
  /** Who wants them; its process gets the callbacks. */
  readonly to: string
  /** Size of the whole. */
  readonly totalBytes: number
  /** What the receiver has already. Default 0. */
  readonly offsetBytes?: number
  /** After each full `progressBytes` of the whole. */
  readonly onProgress?: (receivedBytes: number) => void
  readonly onDone: () => void
  /** `receivedBytes` counts from the beginning of the whole: where to resume. */
  readonly onFail: (reason: TransferFailure, receivedBytes: number) => void
}

export interface Transfer {
  /** Of the whole, the offset included. */
  readonly receivedBytes: number
  readonly running: boolean
  /** Ends it without a callback. */
  cancel: () => void
}

export interface NetworkInit {
  /** Of a pair without one of its own. Default 20 ms, jitter 10 ms. */
  readonly latency?: Latency
  /** Of a node without one of its own. Default unlimited. */
  readonly bandwidth?: Bandwidth
  /** A dial without an answer fails after this. Default 10 000. */
  readonly dialTimeoutMs?: number
  /** A side with data that nobody acknowledges gives up after this. Default 60 000. */
  readonly tcpTimeoutMs?: number
  /** A side that has nothing to send notices a dead peer after this (a ping and its timeout). Default 90 000; 0 is never. */
  readonly keepAliveMs?: number
  /** After a cut heals, stalled data goes out within this, evenly. Default 3 000. */
  readonly retransmitMsMax?: number
  /** Default 30 000. */
  readonly transferStallMs?: number
  /** Default 1 MiB. */
  readonly progressBytes?: number
  /** Default none. */
  readonly gossip?: Partial<GossipFaults>
}

/** Machines, the paths between them, connections, bulk transfers and gossip. Node ids are any text. An unknown id is a machine that is off. */
export interface Network {
  readonly counters: Counters

  /** Starts the node's process, on a machine that is now up. @throws Error when it runs already. */
  join: (id: string, handlers: NodeHandlers, init?: JoinInit) => void
  /** Kills the process. With its machine `up`, peers get what was sent and then a reset; with the machine `down` (power lost) they get nothing. Default `up`. */
  leave: (id: string, init?: { readonly machine?: 'up' | 'down' }) => void
  isJoined: (id: string) => boolean

  /** Cuts or mends the path of one direction. */
  setPath: (from: string, to: string, up: boolean) => void
  /** Nodes of different sets do not reach each other; all nodes that are not named are one more set. Partitions add up. Returns what heals this one. */
  partition: (sets: readonly (readonly string[])[]) => () => void
  /** Ends all partitions and mends all paths. */
  heal: () => void
  /** Whether bytes get from one machine to the other now. */
  reaches: (from: string, to: string) => boolean
  /** Both directions. */
  setLatency: (one: string, other: string, latency: Latency) => void
  setBandwidth: (id: string, bandwidth: Bandwidth) => void
  setGossipFaults: (faults: Partial<GossipFaults>) => void

  /** Calls back in `from`'s process, once, unless that ended before. */
  dial: (from: string, to: string, callback: (result: DialResult) => void) => void
  /** Ordered and reliable while the connection lives. `kind` default `session`. False when this side is closed: nothing was sent. The bytes are not copied. */
  send: (connection: Connection, bytes: Uint8Array, kind?: TrafficKind) => boolean
  /** What was sent before arrives first. The own `onClose` is not called. */
  close: (connection: Connection) => void
  /** Open connections of this node, its side of them, oldest first. */
  connections: (id: string) => Connection[]
  transfer: (init: TransferInit) => Transfer

  /** To the mesh neighbours, or to the peers in `to` that have a connection. The author is who publishes: authors are signed, nobody can forge one. */
  publish: (from: string, topic: string, bytes: Uint8Array, init?: { readonly to?: readonly string[] }) => void
  /** The neighbours that this node passes gossip on to. */
  meshOf: (id: string) => string[]
}
