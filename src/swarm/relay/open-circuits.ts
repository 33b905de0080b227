import { pairOf } from './relay-budget.ts'

export interface OpenCircuitsInit {
  readonly openPerPeer: number
  readonly openPerPair: number
  readonly openMax: number
}

/** Counts the connections that a relay carries. */
export interface OpenCircuits {
  /** @returns what to call when the connection is over; undefined where there is no place for it */
  readonly enter: (caller: string, target: string) => (() => void) | undefined
}

const ALL = '*'

export function createOpenCircuits({ openPerPeer, openPerPair, openMax }: OpenCircuitsInit): OpenCircuits {
  const open = new Map<string, number>()
  const count = (key: string): number => open.get(key) ?? 0

  function add(key: string, by: number): void {
    const now = count(key) + by
    if (now === 0) open.delete(key)
    else open.set(key, now)
  }

  return {
    enter: (caller, target) => {
      const pair = pairOf(caller, target)
      const isFull = [caller, target].some((peer) => count(peer) >= openPerPeer)
      if (isFull || count(pair) >= openPerPair || count(ALL) >= openMax) return undefined
      const keys = [caller, target, pair, ALL]
      for (const key of keys) add(key, 1)
      return () => keys.forEach((key) => add(key, -1))
    }
  }
}
