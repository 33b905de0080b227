import { RELAY } from './relay-limits.ts'

/** What a connection through a relay may carry: everything, or control messages and no films. */
export type RelayShare = 'all' | 'control'

export interface RelayBudgetInit {
  /** Bytes that two peers may send each other within an hour, both directions together; 0 allows no films. */
  readonly bytes: number
  /** Default `RELAY`. */
  readonly limits?: { readonly windowMs: number; readonly controlBytes: number; readonly pairsMax: number }
  /** Milliseconds of a clock that only goes forward. Default `performance.now`. */
  readonly nowMs?: () => number
}

/** Counts what a relay carries between two peers, so that a new connection between them is no new budget. */
export interface RelayBudget {
  /** What a new connection of a pair may carry; undefined where nothing is left of its hour. */
  readonly shareOf: (pair: string) => RelayShare | undefined
  /** @returns whether the bytes may pass */
  readonly take: (pair: string, share: RelayShare, bytes: number) => boolean
  /** Bytes of control messages that are left to a pair. */
  readonly controlLeft: (pair: string) => number
}

interface Use {
  readonly sinceMs: number
  readonly taken: Record<RelayShare, number>
}

export function createRelayBudget({
  bytes,
  limits = RELAY,
  nowMs = () => performance.now()
}: RelayBudgetInit): RelayBudget {
  const uses = new Map<string, Use>()
  const most: Readonly<Record<RelayShare, number>> = { all: bytes, control: limits.controlBytes }

  function useOf(pair: string): Use {
    const known = uses.get(pair)
    if (known != null && nowMs() - known.sinceMs < limits.windowMs) return known
    const fresh: Use = { sinceMs: nowMs(), taken: { all: 0, control: 0 } }
    uses.delete(pair)
    uses.set(pair, fresh)
    const [oldest] = uses.keys()
    if (uses.size > limits.pairsMax && oldest != null) uses.delete(oldest)
    return fresh
  }

  const left = (pair: string, share: RelayShare): number => most[share] - useOf(pair).taken[share]

  return {
    controlLeft: (pair) => left(pair, 'control'),
    shareOf: (pair) => (['all', 'control'] as const).find((share) => left(pair, share) > 0),
    take: (pair, share, count) => {
      const use = useOf(pair)
      use.taken[share] += count
      return use.taken[share] <= most[share]
    }
  }
}

/** Two peers, whoever calls whom. */
export const pairOf = (one: string, other: string): string => [one, other].toSorted().join(' ')
