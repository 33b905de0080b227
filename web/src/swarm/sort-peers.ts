import type { PeerStatus } from '../../../src/api/schemas/index.ts'

/** This node first, then the connected ones by their speed, then the rest. */
export function sortPeers(list: readonly PeerStatus[]): PeerStatus[] {
  return list.toSorted(
    (a, b) =>
      Number(b.path === 'self') - Number(a.path === 'self') ||
      Number(b.connected) - Number(a.connected) ||
      b.fps - a.fps ||
      (a.peerId < b.peerId ? -1 : 1)
  )
}
