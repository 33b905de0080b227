import type { ProjectState, ProjectStatus } from '../../../src/api/schemas/index.ts'

const isEnd = (state: ProjectState): boolean => state === 'completed' || state === 'failed'

/** Projects that were at work before and are done or failed now. One that is heard of for the first time did not end just now. */
export function endsSince(
  before: ReadonlyMap<string, ProjectState>,
  now: Iterable<Pick<ProjectStatus, 'projectId' | 'title' | 'state' | 'reason'>>
) {
  return [...now].filter(({ projectId, state }) => {
    const was = before.get(projectId)
    return was != null && !isEnd(was) && was !== 'cancelled' && isEnd(state)
  })
}
