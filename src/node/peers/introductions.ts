import { monotonicMs } from '../../common/clock.ts'
import { encodeNodeInfo, greetingMs, introductionMs } from '../../swarm/protocol/index.ts'
import type { Gossip } from '../../swarm/index.ts'
import type { PeerTable } from './peer-table.ts'
import type { Self } from './self.ts'

export interface IntroductionsComponents {
  readonly gossip: Pick<Gossip, 'say'>
  readonly self: Pick<Self, 'info'>
  readonly peers: Pick<PeerTable, 'count'>
}

/** Tells the swarm what this node says of itself. */
export interface Introductions {
  /** Something of it changed. */
  readonly now: () => void
  /** Somebody new is there: told soon, with others who come meanwhile. */
  readonly greet: () => void
  readonly stop: () => void
}

/** Tells it regularly from now on, the more rarely the more nodes there are. */
export function createIntroductions({ gossip, self, peers }: IntroductionsComponents): Introductions {
  let toldAtMs = monotonicMs()
  let timer: NodeJS.Timeout | undefined
  let dueAtMs = Infinity
  let stopped = false

  function tellAt(atMs: number): void {
    if (stopped || dueAtMs <= atMs) return
    clearTimeout(timer)
    dueAtMs = atMs
    timer = setTimeout(now, Math.max(0, atMs - monotonicMs()))
  }

  function now(): void {
    toldAtMs = monotonicMs()
    gossip.say('nodes', encodeNodeInfo(self.info()))
    dueAtMs = Infinity
    tellAt(toldAtMs + introductionMs(peers.count()))
  }

  tellAt(toldAtMs + introductionMs(peers.count()))
  return {
    now,
    greet: () => {
      const nowMs = monotonicMs()
      tellAt(nowMs + greetingMs(peers.count(), nowMs - toldAtMs))
    },
    stop: () => {
      stopped = true
      clearTimeout(timer)
    }
  }
}
