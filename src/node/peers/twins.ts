import type { Twin } from '../../swarm/index.ts'

/** What is of an epoch before this node's own start is its own past that came late; anything else is alive. */
export function isAliveTwin(twin: Twin, epoch: number | undefined): boolean {
  return epoch == null || twin.epoch >= epoch
}

export const TWIN_ALIVE =
  'another node runs with the identity of this one and is newer, so this one stops its projects and leaves the swarm. Stop this node; if it was copied, delete `identity.key` of the copy that is to go on as a node of its own'

export const TWIN_OF_BEFORE =
  'the swarm knows more of an own project than this node, so it stops that project; start the node again to go on from what the swarm knows'
