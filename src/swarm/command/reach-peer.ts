import { peerIdFromString } from '@libp2p/peer-id'
import { anySignal } from '../../common/any-signal.ts'
import type { SwarmNode } from '../libp2p.ts'

/** Time for the known addresses, before others are looked up. */
const KNOWN_MS = 5_000
/** Time to look up and dial other addresses; a user waits for the answer. */
const LOOKUP_MS = 4_000

/**
 * Makes a connection with a peer: over its known addresses, or else over those in the DHT.
 * @throws Error when it cannot be reached, or the signal says stop.
 */
export async function reachPeer(node: SwarmNode, peer: string, signal: AbortSignal): Promise<void> {
  const peerId = peerIdFromString(peer)
  if (node.getConnections(peerId).some((connection) => connection.status === 'open')) return
  try {
    await node.dial(peerId, { signal: anySignal([signal, AbortSignal.timeout(KNOWN_MS)]) })
  } catch (error) {
    // Without peers there is nobody to ask.
    if (signal.aborted || node.getPeers().length === 0) throw error
    const lookup = anySignal([signal, AbortSignal.timeout(LOOKUP_MS)])
    const { multiaddrs } = await node.peerRouting.findPeer(peerId, { signal: lookup })
    await node.dial(multiaddrs, { signal: lookup })
  }
}
