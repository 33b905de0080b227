import type { LiveEvent, LogLine } from '../../../src/api/schemas/index.ts'

/** What a tab shows and the node is to tell of. */
export interface Wanted {
  readonly films: readonly string[]
  readonly logs: LogLine['level'] | undefined
}

/** What the tabs of one node tell each other. `tab` is who sends it. */
export type TabMessage =
  /** A tab came, or wants other things than before. */
  | { readonly type: 'wants'; readonly tab: string; readonly wanted: Wanted; readonly fresh: boolean }
  /** A tab leads from now on; the others say what they want. */
  | { readonly type: 'leads'; readonly tab: string }
  /** All that the leader knows, for one tab. */
  | {
      readonly type: 'snapshot'
      readonly tab: string
      readonly to: string
      readonly events: readonly LiveEvent[]
      readonly lastEventId: string
      /** Since when the leader has had no connection. */
      readonly lostAtMs: number | undefined
    }
  /** What the node told the leader. */
  | { readonly type: 'news'; readonly tab: string; readonly news: News }
  | { readonly type: 'lost'; readonly tab: string; readonly atMs: number }

/** Events in their order, and the id of the last. */
export interface News {
  readonly events: readonly LiveEvent[]
  readonly lastEventId: string
}

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const satisfies readonly LogLine['level'][]

/** The node takes no more in one stream. */
const FILMS_MAX = 8

/** All that any of them wants; of too many films those of the last. */
export function unionOf(all: Iterable<Wanted>): Wanted {
  const films = new Set<string>()
  const levels = new Set<LogLine['level']>()
  for (const wanted of all) {
    for (const film of wanted.films) films.add(film)
    if (wanted.logs != null) levels.add(wanted.logs)
  }
  return { films: [...films].slice(-FILMS_MAX).toSorted(), logs: LEVELS.find((level) => levels.has(level)) }
}

export const isSame = (a: Wanted, b: Wanted): boolean =>
  a.logs === b.logs && a.films.length === b.films.length && a.films.every((film, index) => film === b.films[index])
