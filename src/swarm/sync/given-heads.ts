import type { Head } from '../protocol/index.ts'

/** By neighbour and project that the neighbour may not know of: the last record that it gave all the same. */
export interface GivenHeads {
  note: (peer: string, place: Head) => void
  of: (peer: string) => Iterable<Head>
  /** The neighbour is gone. */
  forget: (peer: string) => void
}

export function createGivenHeads(): GivenHeads {
  const given = new Map<string, Map<string, Head>>()
  return {
    note: (peer, place) => {
      const heads = given.get(peer) ?? new Map<string, Head>()
      given.set(peer, heads)
      if (place.seq > (heads.get(place.projectId)?.seq ?? -1)) heads.set(place.projectId, place)
    },
    of: (peer) => given.get(peer)?.values() ?? [],
    forget: (peer) => given.delete(peer)
  }
}
