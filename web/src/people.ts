import { peerName } from './format.ts'
import { node, peers } from './store.ts'

/** What a peer is called here; text of a peer. */
export function plainNameOf(peerId: string): string {
  const known = node.value?.peerId === peerId ? node.value : peers.value.get(peerId)
  return peerName(known?.name ?? '', peerId)
}

/** The same, and whether it is this node. */
export function nameOf(peerId: string): string {
  return node.value?.peerId === peerId ? `${plainNameOf(peerId)} (this node)` : plainNameOf(peerId)
}
