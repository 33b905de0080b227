import type { LogBook } from '../../swarm/index.ts'
import type { OwnProjects } from './own-projects.ts'

export interface StampsComponents {
  readonly projects: Pick<OwnProjects, 'unfinished'>
  readonly book: Pick<LogBook, 'views'>
}

/**
 * Gives each submission a time of its own, since films are prepared in this order. A clock that was set back moves no film to the front.
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
