const KiB = 1024
const MiB = 1024 * KiB

/** What one peer may do through a protocol. What is above it ends the stream, and more bytes than allowed end the connection. */
export interface DoorLimits {
  /** Streams that one peer has open at once, over all its connections. */
  readonly streamsPerPeer: number
  /** The same for all peers of one address range. */
  readonly streamsPerRange: number
  /** The same for all peers together. */
  readonly streamsMax: number
  /** Streams that a peer may open at once, and how many it regains each second. */
  readonly opensBurst: number
  readonly opensPerSecond: number
  /** Bytes that a peer may send at once, and how many it regains each second. */
  readonly bytesBurst: number
  readonly bytesPerSecond: number
}

/** One row for each protocol that a node answers; the id is without its version. A protocol without a row is not answered at all. */
export const DOORS = {
  /** A worker has one session with an owner, and two for a moment after a lost connection. A claim has less than 1 KiB; 64 slots with scenes of a second send 60 KiB a second. */
  '/grav1/session': {
    streamsPerPeer: 8,
    streamsPerRange: 512,
    streamsMax: 1024,
    opensBurst: 32,
    opensPerSecond: 2,
    bytesBurst: 2 * MiB,
    bytesPerSecond: 128 * KiB
  },
  /** A question names every known project with 60 bytes. Neighbours ask once a second at most, and once a minute without a reason. */
  '/grav1/sync': {
    streamsPerPeer: 4,
    streamsPerRange: 32,
    streamsMax: 64,
    opensBurst: 60,
    opensPerSecond: 4,
    bytesBurst: 8 * MiB,
    bytesPerSecond: 256 * KiB
  },
  /** One stream for each transfer, with a request and a receipt of about 50 bytes. */
  '/grav1/blob': {
    streamsPerPeer: 32,
    streamsPerRange: 256,
    streamsMax: 512,
    opensBurst: 400,
    opensPerSecond: 40,
    bytesBurst: 256 * KiB,
    bytesPerSecond: 8 * KiB
  },
  '/grav1/command': {
    streamsPerPeer: 16,
    streamsPerRange: 64,
    streamsMax: 128,
    opensBurst: 100,
    opensPerSecond: 20,
    bytesBurst: 1 * MiB,
    bytesPerSecond: 64 * KiB
  },
  /** A question of some ten bytes, every ten minutes and when a connection is new. */
  '/grav1/reach': {
    streamsPerPeer: 2,
    streamsPerRange: 8,
    streamsMax: 32,
    opensBurst: 10,
    opensPerSecond: 0.1,
    bytesBurst: 4 * KiB,
    bytesPerSecond: 64
  },
  /** An address each way, twice in a few minutes at the most. */
  '/grav1/punch': {
    streamsPerPeer: 2,
    streamsPerRange: 16,
    streamsMax: 32,
    opensBurst: 10,
    opensPerSecond: 0.1,
    bytesBurst: 4 * KiB,
    bytesPerSecond: 64
  },
  /** A question of a machine with an invitation, which a relay passes on. */
  '/grav1/join': {
    streamsPerPeer: 16,
    streamsPerRange: 32,
    streamsMax: 64,
    opensBurst: 60,
    opensPerSecond: 2,
    bytesBurst: 128 * KiB,
    bytesPerSecond: 4 * KiB
  },
  /** A question has about 100 bytes, a note of a provider 500; an owner of 500 projects sends its notes one after the other. */
  '/grav1/kad': {
    streamsPerPeer: 16,
    streamsPerRange: 128,
    streamsMax: 256,
    opensBurst: 200,
    opensPerSecond: 20,
    bytesBurst: 512 * KiB,
    bytesPerSecond: 16 * KiB
  },
  '/grav1/id': {
    streamsPerPeer: 2,
    streamsPerRange: 128,
    streamsMax: 256,
    opensBurst: 20,
    opensPerSecond: 1,
    bytesBurst: 64 * KiB,
    bytesPerSecond: 1 * KiB
  },
  /** A node says anew who it is when its addresses or protocols change. */
  '/grav1/id/push': {
    streamsPerPeer: 2,
    streamsPerRange: 64,
    streamsMax: 128,
    opensBurst: 30,
    opensPerSecond: 0.5,
    bytesBurst: 256 * KiB,
    bytesPerSecond: 4 * KiB
  },
  /** 32 bytes each, from the connection monitor and the DHT. */
  '/ipfs/ping': {
    streamsPerPeer: 16,
    streamsPerRange: 256,
    streamsMax: 512,
    opensBurst: 60,
    opensPerSecond: 2,
    bytesBurst: 16 * KiB,
    bytesPerSecond: 1 * KiB
  },
  /** At a relay: reservations, and one stream for each connection that it carries. Their bytes count against the budget of the relay, which is far below these. */
  '/libp2p/circuit/relay/0.2.0/hop': {
    streamsPerPeer: 72,
    streamsPerRange: 512,
    streamsMax: 1152,
    opensBurst: 60,
    opensPerSecond: 2,
    bytesBurst: 1024 * MiB,
    bytesPerSecond: 128 * MiB
  },
  /** At a peer behind a relay: one stream for each connection that comes through it, with all that the connection carries. */
  '/libp2p/circuit/relay/0.2.0/stop': {
    streamsPerPeer: 128,
    streamsPerRange: 256,
    streamsMax: 256,
    opensBurst: 60,
    opensPerSecond: 2,
    bytesBurst: 1024 * MiB,
    bytesPerSecond: 128 * MiB
  },
  /** One stream for the life of a connection. A swarm of a hundred nodes sends some 100 KiB a second; records come in bursts. */
  '/meshsub': {
    streamsPerPeer: 8,
    streamsPerRange: 512,
    streamsMax: 1024,
    opensBurst: 30,
    opensPerSecond: 1,
    bytesBurst: 32 * MiB,
    bytesPerSecond: 2 * MiB
  }
} as const satisfies Readonly<Record<string, DoorLimits>>

/** What connections may do before a protocol is chosen, and how many there may be. */
export const CONNECTIONS = {
  /** Connections of peers that dialled in and for which no place is kept. */
  inboundMax: 300,
  /** Of one range (/24 of IPv4, /48 of IPv6), and of one address: a laboratory behind one router has fewer nodes. */
  inboundPerRange: 200,
  inboundPerAddress: 100,
  /** More for peers for which a place is kept: named ones, and workers whose scene was accepted. */
  keptPlaces: 100,
  /** Two nodes that dial each other have two, after a lost connection more for a moment. */
  perPeer: 6,
  /** Handshakes that one range has open at once; all together libp2p counts. */
  pendingPerRange: 50,
  pendingMax: 200,
  /** Handshakes that a range may begin at once, and how many it regains each second: all nodes of a network may start together. */
  handshakesBurst: 150,
  handshakesPerSecond: 25,
  /** A peer whose connection was ended for too many bytes gets no new one for so long; otherwise it would go on where it was stopped. */
  dismissedMs: 30_000,
  /** Such peers that are remembered; the ones dismissed longest ago go first. */
  dismissedMax: 1024,
  /** Streams that one connection has open at once, of all protocols. */
  streamsPerConnection: 256,
  /** The same for all connections. */
  streamsOpenMax: 2048,
  /** Streams that a connection may open at once, and how many it regains each second. */
  opensBurst: 500,
  opensPerSecond: 100,
  /** Bytes of a stream before its protocol is chosen: two short lines. */
  unnamedBytesMax: 2 * KiB,
  /** Unsent bytes of gossip for a neighbour that reads slowly; above it its stream is closed. */
  gossipUnsentBytesMax: 16 * MiB,
  /** Peers that are dialled because they were seen, or were known before. */
  dialledMax: 500
} as const

/** What libp2p may keep of others, in memory and on the disk. */
export const KEPT = {
  /** Peers with their addresses; the ones heard of longest ago go first, connected ones last. */
  peersMax: 1000,
  /** Of one peer; identify takes 8 KiB. */
  peerBytesMax: 16 * KiB,
  /** Notes of the DHT that a peer provides a project: as many as a node tells the DHT of, and all together. */
  notesPerPeerMax: 500,
  notesMax: 10_000,
  /** The key of a note has 130 characters, its value is a time. */
  noteBytesMax: 512,
  /** Between two times that changes are written to the disk. */
  flushMs: 30_000
} as const

/** When a neighbour that passes on nonsense is not listened to. */
export const CONDUCT = {
  /** Refused messages, and messages beyond the rate, after which a neighbour is silenced; it regains one each interval. */
  faultsMax: 100,
  faultsPerSecond: 1,
  /** Messages that a neighbour may pass on at once, and how many it regains each second. */
  messagesBurst: 2000,
  messagesPerSecond: 200,
  /** Messages of one topic that wait to be checked, and their bytes; of one neighbour a quarter of each. */
  waitingMax: 1024,
  waitingBytesMax: 8 * MiB
} as const

/** What the exchange of records with one neighbour may cost where it brings nothing. */
export const WASTE = {
  /** Bytes of records that nobody can take, and how many it regains each second. A newer version may have kinds of records that this one does not know. */
  refusedBurst: 8 * MiB,
  refusedPerSecond: 128 * KiB,
  /** Bytes of records that are known already, or that do not fit here: who asks several neighbours at once gets each log from each of them. */
  unneededBurst: 128 * MiB,
  unneededPerSecond: 1 * MiB,
  /** Exchanges that new connections of a peer make, and how many it regains each second. */
  pullsBurst: 10,
  pullsPerSecond: 0.5
} as const

/** The name of a protocol's row, whatever its version. */
export const doorOf = (protocol: string): string => protocol.replace(/\/[\d.]+$/, '')
