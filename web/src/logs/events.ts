import type { ChronicleEvent } from '../../../src/api/schemas/index.ts'

/** The page shows so many. */
export const EVENTS_MAX = 500

/** Which events a page asks for that has these. */
export const queryAfter = (known: readonly ChronicleEvent[]) => ({
  events: String(EVENTS_MAX),
  samples: '0' as const,
  afterEvent: String(known.at(-1)?.number ?? -1)
})

/** The newest events, oldest first. */
export const withEvents = (
  known: readonly ChronicleEvent[],
  fresh: readonly ChronicleEvent[]
): readonly ChronicleEvent[] => (fresh.length === 0 ? known : [...known, ...fresh].slice(-EVENTS_MAX))
