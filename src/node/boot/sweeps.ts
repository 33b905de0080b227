import type { LogBook, Logger } from '../../swarm/index.ts'

export interface SweepsComponents {
  readonly book: Pick<LogBook, 'sweep'>
  readonly log: Logger
  /** Called after the book has forgotten what ended long ago. */
  readonly afterwards: () => void
}

const SWEEP_MS = 3_600_000

/** Forgets old projects once an hour. @returns a function that ends it. */
export function startSweeps({ book, log, afterwards }: SweepsComponents): () => void {
  const timer = setInterval(() => {
    book.sweep().then(afterwards, (error: unknown) => log.warn({ err: error }, 'could not forget old projects'))
  }, SWEEP_MS)
  return () => clearInterval(timer)
}
