import type { LogBook } from '../../swarm/index.ts'

/** When this node last heard of other owners' projects. */
export interface Heard {
  /** Time of day in milliseconds; undefined when not since this node started. */
  readonly atMs: (projectId: string) => number | undefined
}

/** Counts what an owner signed, from any peer that passed it on: records and beats. */
export function createHeard(book: Pick<LogBook, 'views' | 'onRecord' | 'onBeat'>, nowMs = Date.now): Heard {
  const times = new Map<string, number>()
  const note = (projectId: string): void => {
    times.set(projectId, nowMs())
    // The book forgets projects without a word.
    if (times.size > 2 * book.views.size + 100)
      for (const known of times.keys()) if (!book.views.has(known)) times.delete(known)
  }
  book.onRecord(({ view }) => note(view.projectId))
  book.onBeat(({ projectId }) => note(projectId))
  return { atMs: (projectId) => times.get(projectId) }
}
