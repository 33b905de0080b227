import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { projectStatusOf } from '../../api/project-json.ts'
import { writeFileAtomic } from '../../storage/index.ts'
import type { ApiPorts } from '../../api/ports.ts'
import type { ProjectStatus } from '../../api/schemas/index.ts'
import type { LogBook, Logger } from '../../swarm/index.ts'

/** A project of this node has ended. */
export interface ProjectEnd {
  readonly event: 'project.completed' | 'project.failed' | 'project.cancelled'
  readonly project: ProjectStatus
}

export interface ProjectEndsComponents {
  readonly self: string
  readonly book: Pick<LogBook, 'views' | 'onRecord'>
  readonly projects: Pick<ApiPorts['projects'], 'get'>
  readonly log: Logger
}

export interface ProjectEndsInit {
  /** Remembers which ends were told. */
  readonly file: string
  /** Resolves when it is sure that it will be done. */
  readonly tell: (end: ProjectEnd) => Promise<void>
}

const TOLD_MAX = 2000

const toldFile = z.object({ sinceMs: z.number(), told: z.array(z.string()) })

/**
 * Tells each end of a project of this node, at least once: also one that this node was killed at. Those from before somebody wanted to know are not told, nor projects
 * that were removed.
 * @returns a function that ends it
 */
export async function watchProjectEnds(
  { self, book, projects, log }: ProjectEndsComponents,
  { file, tell }: ProjectEndsInit
): Promise<() => Promise<void>> {
  const known = await readTold(file)
  const told = new Set(known?.told)
  const sinceMs = known?.sinceMs ?? Date.now()
  let last: Promise<void> = save()

  async function save(): Promise<void> {
    await writeFileAtomic(file, JSON.stringify({ sinceMs, told: [...told].slice(-TOLD_MAX) }))
  }

  async function tellOne(projectId: string): Promise<void> {
    const snapshot = projects.get(projectId)
    const end = snapshot?.view.end
    if (snapshot == null || end == null || end.state === 'removed' || told.has(projectId)) return
    await tell({ event: `project.${end.state}`, project: projectStatusOf(snapshot) })
    told.add(projectId)
    await save()
  }

  function queue(projectId: string): void {
    last = last
      .then(async () => tellOne(projectId))
      .catch((error: unknown) => {
        log.warn({ projectId, err: error }, 'could not announce the end of a project')
      })
  }

  const stop = book.onRecord(({ view, record }) => {
    if (view.owner === self && record.body.type === 'end') queue(view.projectId)
  })
  for (const { owner, projectId, end } of book.views.values())
    if (owner === self && end != null && end.endedAtMs >= sinceMs) queue(projectId)
  return async () => {
    stop()
    await last
  }
}

async function readTold(file: string): Promise<z.infer<typeof toldFile> | undefined> {
  try {
    return toldFile.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch {
    return undefined
  }
}
