import type { ProjectView } from './view.ts'

/** The highest epoch in the logs of an owner and in what it last said of them. @param beatEpochOf of the last beat of a project; undefined where there is none */
export function highestEpoch(
  self: string,
  views: Iterable<Pick<ProjectView, 'projectId' | 'owner' | 'head'>>,
  beatEpochOf: (projectId: string) => number | undefined
): number {
  let highest = 0
  for (const { projectId, owner, head } of views)
    if (owner === self) highest = Math.max(highest, head.epoch, beatEpochOf(projectId) ?? 0)
  return highest
}

/** [RULE 31] The epoch of a new run of an owner. @param stored by its last run; undefined where that is lost. @param seen the highest in logs, beats and grants, here or at neighbours */
export function epochAfter(stored: number | undefined, seen: number): number {
  return Math.max(stored ?? 0, seen) + 1
}
