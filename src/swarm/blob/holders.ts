import { anySignal } from '../../common/any-signal.ts'
import { probe } from './ask-peer.ts'
import type { BlobRef } from '../protocol/index.ts'
import type { SwarmNode } from '../libp2p.ts'

/** Asked at the same time. */
const PARALLEL = 8
/** Asked in one search; in a larger swarm a random part of the neighbours. */
const NEIGHBOURS_MAX = 64
const TIMEOUT_MS = 5_000

/** Connected peers that say they hold a blob, in the order of their answers. Stop reading and the rest is not asked. @throws the signal's reason. */
export async function* findHolders(
  node: SwarmNode,
  ref: BlobRef,
  isExcluded: (peer: string) => boolean,
  signal: AbortSignal,
  timeoutMs = TIMEOUT_MS
): AsyncGenerator<string> {
  const left = shuffled(node.getPeers().map(String))
    .filter((peer) => !isExcluded(peer))
    .slice(0, NEIGHBOURS_MAX)
  const over = new AbortController()
  const asked = new Map<string, Promise<{ readonly peer: string; readonly holds: boolean }>>()
  const ask = async (peer: string) => {
    const deadline = anySignal([signal, over.signal, AbortSignal.timeout(timeoutMs)])
    const holds = await probe(node, ref, peer, deadline).then(
      () => true,
      () => false
    )
    return { peer, holds }
  }
  try {
    while (left.length > 0 || asked.size > 0) {
      for (const peer of left.splice(0, PARALLEL - asked.size)) asked.set(peer, ask(peer))
      const { peer, holds } = await Promise.race(asked.values())
      signal.throwIfAborted()
      asked.delete(peer)
      if (holds) yield peer
    }
  } finally {
    over.abort(new Error('found'))
  }
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item)
}
