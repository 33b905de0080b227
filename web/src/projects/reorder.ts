import type { ProjectStatus } from '../../../src/api/schemas/index.ts'

type Film = Pick<ProjectStatus, 'projectId' | 'priority'>

/** A priority that has to be changed. */
export interface Turn {
  readonly projectId: string
  readonly priority: number
}

/** The step to the first or behind the last. */
const STEP = 1

/**
 * What puts a film before another one of a list in the order of turns, or at its end: one change where there is room between the neighbours, otherwise those behind it
 * move as far as they have to.
 */
export function turnsFor(list: readonly Film[], moved: string, before: string | undefined): readonly Turn[] {
  const film = list.find(({ projectId }) => projectId === moved)
  if (film === undefined || before === moved) return []
  const others = list.filter((one) => one !== film)
  const found = others.findIndex(({ projectId }) => projectId === before)
  const place = found === -1 ? others.length : found
  if (list.indexOf(film) === place) return []
  const [prev, next] = [others[place - 1], others[place]]
  if (prev === undefined) return next === undefined ? [] : [{ projectId: moved, priority: next.priority - STEP }]
  if (next === undefined || next.priority > prev.priority)
    return [
      {
        projectId: moved,
        priority: next === undefined ? prev.priority + STEP : (prev.priority + next.priority) / 2
      }
    ]
  const turns: Turn[] = [{ projectId: moved, priority: prev.priority + STEP }]
  let last = prev.priority + STEP
  for (const { projectId, priority } of others.slice(place)) {
    if (priority > last) break
    last += STEP
    turns.push({ projectId, priority: last })
  }
  return turns
}
