import { encodeNodeInfo } from '../../swarm/protocol/index.ts'
import type { Gossip } from '../../swarm/index.ts'
import type { Self } from './self.ts'

export interface IntroductionsComponents {
  readonly gossip: Pick<Gossip, 'say'>
  readonly self: Pick<Self, 'info'>
}

/** Tells the swarm what this node says of itself. */
export interface Introductions {
  /** Something of it changed, or somebody new is there. */
  readonly now: () => void
  readonly stop: () => void
}

const NODE_INFO_MS = 10_000

/** Tells it every ten seconds from now on. */
export function createIntroductions({ gossip, self }: IntroductionsComponents): Introductions {
  const now = (): void => gossip.say('nodes', encodeNodeInfo(self.info()))
  const timer = setInterval(now, NODE_INFO_MS)
  return { now, stop: () => clearInterval(timer) }
}
