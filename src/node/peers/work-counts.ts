import type { LogBook, LogChange } from '../../swarm/index.ts'
import { factsOf, type ProjectView } from '../../swarm/protocol/index.ts'

/** Scenes that were accepted of each peer, over all projects that this node knows. Each log is walked once, when it is first seen. */
export interface WorkCounts {
  note: (change: Pick<LogChange, 'view' | 'record'>) => void
  doneBy: (peer: string) => number
  /** Leaves out what the book has forgotten since: it tells nobody. */
  sweep: () => void
}

export function createWorkCounts({ views }: Pick<LogBook, 'views'>): WorkCounts {
  const projects = new Map<string, Map<string, number>>()
  const total = new Map<string, number>()

  function add(counts: Map<string, number>, peer: string, scenes: number): void {
    const sum = (counts.get(peer) ?? 0) + scenes
    if (sum > 0) counts.set(peer, sum)
    else counts.delete(peer)
  }

  function take(view: ProjectView): void {
    const counts = new Map(factsOf(view).doneBy)
    projects.set(view.projectId, counts)
    for (const [peer, scenes] of counts) add(total, peer, scenes)
  }

  function drop(projectId: string): void {
    for (const [peer, scenes] of projects.get(projectId) ?? []) add(total, peer, -scenes)
    projects.delete(projectId)
  }

  function sweep(): void {
    for (const projectId of projects.keys()) if (!views.has(projectId)) drop(projectId)
  }

  for (const view of views.values()) take(view)
  return {
    note: ({ view, record }) => {
      const counts = projects.get(view.projectId)
      if (view.end?.state === 'removed') drop(view.projectId)
      else if (counts == null) {
        take(view)
        // A new one may have taken the room of others.
        sweep()
      } else if (record.body.type === 'withdraw') {
        drop(view.projectId)
        take(view)
      } else if (
        record.body.type === 'accept' &&
        view.scenes[record.body.accept.scene]?.accepted === record.body.accept
      ) {
        add(counts, record.body.accept.worker, 1)
        add(total, record.body.accept.worker, 1)
      }
    },
    doneBy: (peer) => total.get(peer) ?? 0,
    sweep
  }
}
