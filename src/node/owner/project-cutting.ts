import { join } from 'node:path'
import { freshFolder, removeFolder } from '../disk/folders.ts'
import { stepWhenFull } from '../disk/step-when-full.ts'
import { createReuse } from './reuse.ts'
import { prepareProject } from './preparation.ts'
import { checkSource, createSourceCheck } from './source-identity.ts'
import type { BlobHold } from '../../storage/index.ts'
import type { OwnProbe } from './own-probe.ts'
import type { ProjectContext } from './project-context.ts'
import type { ProjectPieces } from './project-pieces.ts'
import type { ScenePlan } from '../../swarm/protocol/index.ts'

export interface ProjectCuttingParts {
  readonly pieces: ProjectPieces
  readonly probe: OwnProbe
}

/** Finds a project's scenes, writes them into its log, and cuts their pieces. */
export interface ProjectCutting {
  /** Rounds until no piece is lost. @throws Error where a lost piece does not come again; SourceError, MediaError */
  cutAll: () => Promise<void>
}

export function createProjectCutting(context: ProjectContext, { pieces, probe }: ProjectCuttingParts): ProjectCutting {
  const { components, init, file, signal } = context
  const { analyses, blobs, book, guard, line } = components
  const { projectId } = init
  const { lost } = pieces
  const reuse = createReuse(context, probe)

  async function cutAll(): Promise<void> {
    do {
      const before = new Set(lost)
      const came = new Set<number>()
      await prepareChecked(came)
      if ([...lost].some((scene) => before.has(scene) && !came.has(scene)))
        throw new Error('could not cut a lost source piece again')
    } while (lost.size > 0)
  }

  /** Again from the beginning when the disk was full on the way: what was announced by then has to come out the same, as after a restart. */
  async function prepareChecked(came: Set<number>): Promise<void> {
    const { source, sourceSamples } = file.job
    await checkSource(source, sourceSamples)
    await stepWhenFull(guard, async () => prepareOnce(came), signal)
  }

  /** @param came gets the scenes whose lost pieces are here again, which may be lost once more before it ends */
  async function prepareOnce(came: Set<number>): Promise<void> {
    const workDir = join(init.workDir, 'prepare')
    await freshFolder(workDir)
    const known = context.view.scenes.length
    const { job } = file
    const end = await prepareProject({
      projectId,
      job,
      workDir,
      book,
      blobs,
      analyses,
      announce,
      signal,
      skipPiece: (index) => index < known && !lost.has(index),
      confirm: createSourceCheck(job),
      onWarning: file.warn,
      onPiece: (scene, hold) => {
        came.add(scene)
        takePiece(scene, hold)
      },
      beforePiece: async () => line.mayCut(projectId, signal),
      whenThereIsSpace: async () => guard.whenThereIsSpace(signal)
    })
    // A source that changed on the way gives no film, whatever was read of it.
    await checkSource(file.job.source, file.job.sourceSamples)
    file.change({ kept: end.kept, film: end.film, starts: end.starts }, end.timestampsMs)
    await file.save()
    if (context.view.planned == null) await context.append({ type: 'planned', scenes: end.scenes, frames: end.frames })
    await removeFolder(workDir)
  }

  async function announce(scenes: readonly ScenePlan[]): Promise<void> {
    await context.append({ type: 'scenes', scenes })
    for (const plan of scenes) {
      const accepted = await reuse(plan)
      context.dispatch({ type: 'scene', frames: plan.frames, accepted, ready: true })
    }
  }

  function takePiece(scene: number, hold: BlobHold): void {
    lost.delete(scene)
    pieces.holdAgain(scene, hold)
    context.dispatch({ type: 'ready', scene })
  }

  return { cutAll }
}
