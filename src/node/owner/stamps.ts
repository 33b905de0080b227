import type { LogBook } from '../../swarm/index.ts'
import type { OwnProjects } from './own-projects.ts'

export interface StampsComponents {
  readonly projects: Pick<OwnProjects, 'unfinished'>
  readonly book: Pick<LogBook, 'views'>
}

/**
 * Gives submissions their times. Films are worked on in the order of these times, so that no two of this node have the same, and a clock that was set back moves none to the front.
 * @returns the time in ms, or a later one
 */
export type Stamp = (createdAtMs: number) => number

export function createStamps({ projects, book }: StampsComponents): Stamp {
  let last = 0
  return (createdAtMs) => {
    const times = projects.unfinished().map((id) => (book.views.get(id)?.announce.createdAtMs ?? 0) + 1)
    last = Math.max(createdAtMs, last + 1, ...times)
    return last
  }
}
