import type { Twin } from '../../swarm/index.ts'

/** What is of an epoch before this node's own start is its own past that came late; anything else is alive. */
export function isAliveTwin(twin: Twin, epoch: number | undefined): boolean {
  return epoch == null || twin.epoch >= epoch
}

export const TWIN_ALIVE =
  'another, newer node runs with the identity of this one, so this one stops its projects and leaves the swarm. Stop this node. If you copied it, delete `identity.key` of the copy that should be a node of its own'

export const TWIN_OF_BEFORE =
  'the swarm knows more about a project of this node than the node itself, so the node stops that project. Restart the node to go on from what the swarm knows'
