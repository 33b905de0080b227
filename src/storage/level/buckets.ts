/** The sublevels of the one database, with what they map. */
export const BUCKETS = {
  /** `schema` -> version of the layout, as a decimal number */
  meta: 'meta',
  /** `<project id>!<seq, 10 digits>` -> signed envelope, as received */
  log: 'log',
  /** `<project id>` -> two envelopes that contradict each other: length of the first in 4 bytes, both */
  proof: 'proof',
  /** Schema 0 only: `<project id>` -> StoredProject as JSON */
  owned: 'owned',
  /** `<project id>!<scene, 6 digits>!<epoch>!<attempt>` -> StoredLease as JSON */
  lease: 'lease',
  /** `<project id>!<scene, 6 digits>!<epoch>!<attempt>` -> StoredAttempt as JSON */
  attempt: 'attempt',
  /** `event!<number, 15 digits>` or `sample!<time in ms, 15 digits>` -> its JSON */
  chronicle: 'chronicle',
  /** libp2p's keys: known peers and routing records */
  libp2p: 'libp2p'
} as const

/** Keys of one project in a bucket whose keys begin with its id: `"` follows `!`. */
export function keysOf(projectId: string): { readonly gte: string; readonly lt: string } {
  return { gte: `${projectId}!`, lt: `${projectId}"` }
}
