const KiB = 1024
const MiB = 1024 * KiB

/** What a relay gives, whatever its owner allows. */
export const RELAY = {
  /** A reservation lasts so long; its peer renews it five minutes before. */
  reservationMs: 60 * 60_000,
  /** Connections that one peer, and all together, have open through the relay: as many as a swarm behind it has pairs. */
  openPerPeer: 64,
  openMax: 1024,
  /** Ways between two peers at once: an old one that nobody has missed yet, and a new one. */
  openPerPair: 3,
  /** The time that both budgets of a pair are for. */
  windowMs: 60 * 60_000,
  /** Gossip, leases and records of two peers in that time; a swarm of a hundred nodes needs a tenth. */
  controlBytes: 64 * MiB,
  /** Pairs whose use is remembered; above it the oldest is forgotten. */
  pairsMax: 10_000,
  /** Bytes that wait in the relay for the slower side, for each direction of a connection. */
  waitingBytes: 256 * KiB,
  /** From the request to the answer of the other peer. */
  handshakeMs: 10_000
} as const
