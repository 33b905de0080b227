import { peerName, shortId } from '../format.ts'
import { node, peers } from '../store.ts'

/** What a peer is called here; text of a peer. */
export function nameOf(peerId: string): string {
  if (node.value?.peerId === peerId) return `${peerName(node.value.name, peerId)} (this node)`
  const known = peers.value.get(peerId)
  return known == null ? shortId(peerId) : peerName(known.name, peerId)
}
