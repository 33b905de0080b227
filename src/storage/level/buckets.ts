/** The sublevels of the one database, with what they map. */
export const BUCKETS = {
  /** `<project id>!<seq, 10 digits>` -> signed envelope, as received */
  log: 'log',
  /** `<project id>` -> OwnedProject as JSON */
  owned: 'owned',
  /** `<project id>!<scene, 6 digits>!<epoch>!<attempt>` -> StoredLease as JSON */
  lease: 'lease',
  /** libp2p's keys: known peers and routing records */
  libp2p: 'libp2p'
} as const
