import type { ProjectStatus } from '../../../src/api/schemas/index.ts'

/** A scene that a worker encodes now. */
export interface Doing {
  readonly project: ProjectStatus
  readonly scene: number
  readonly pass: number
  readonly frames: number
}

/** What each worker (peer id) encodes now, over all projects that the node knows. */
export function doingOf(projects: Iterable<ProjectStatus>): ReadonlyMap<string, readonly Doing[]> {
  const found = new Map<string, Doing[]>()
  for (const project of projects)
    for (const { worker, scene, pass, frames } of project.running) {
      const list = found.get(worker) ?? []
      list.push({ project, scene, pass, frames })
      found.set(worker, list)
    }
  return found
}
