import { join } from 'node:path'
import { planKept } from '../../encode/index.ts'
import { freshFolder, removeFolder } from '../disk/folders.ts'
import { stepWhenFull } from '../disk/step-when-full.ts'
import { createReuse } from './reuse.ts'
import { sceneSearchOf, zoneParams } from './job.ts'
import { prepareProject } from './preparation.ts'
import { checkSource, createSourceCheck, fileStampOf, SourceError } from './source-identity.ts'
import type { BlobHold } from '../../storage/index.ts'
import type { OwnProbe } from './own-probe.ts'
import type { ProjectContext } from './project-context.ts'
import type { ProjectPieces } from './project-pieces.ts'
import type { ScenePlan } from '../../swarm/protocol/index.ts'

export interface ProjectPreparationParts {
  readonly pieces: ProjectPieces
  readonly probe: OwnProbe
  /** The project waits, for this reason. */
  readonly trouble: (error: unknown) => void
}

/** Finds a project's scenes and cuts their pieces when it is its turn. */
export interface ProjectPreparation {
  /** Once at a time: what is lost while it runs is cut in another round. */
  run: () => Promise<void>
}

export function createProjectPreparation(
  context: ProjectContext,
  { pieces, probe, trouble }: ProjectPreparationParts
): ProjectPreparation {
  const { components, init, file, signal } = context
  const { analyses, blobs, book, guard, knownScenes, line } = components
  const { projectId } = init
  const { lost } = pieces
  const reuse = createReuse(context, probe)
  let isRunning = false

  async function run(): Promise<void> {
    if (isRunning) return
    isRunning = true
    const { source, sourceSamples } = file.job
    const turn = line.enter(projectId, context.view.planned != null, signal)
    let stamp: string | undefined
    try {
      turn.askWhetherQuick(isAllKnown)
      await turn.come
      stamp = await fileStampOf(source.path)
      await cutAll()
      context.dispatch({ type: 'planned' })
    } catch (error) {
      signal.throwIfAborted()
      const gone = await checkSource(source, sourceSamples).catch((found: unknown) => found)
      // What fails on the very source that was submitted would fail again; one that was away meanwhile is another matter.
      const isSame = gone == null && stamp === (await fileStampOf(source.path))
      if (isSame && !(error instanceof SourceError)) throw error
      trouble(gone ?? error)
    } finally {
      isRunning = false
      turn.end()
    }
  }

  async function cutAll(): Promise<void> {
    do {
      const before = new Set(lost)
      const came = new Set<number>()
      await prepareChecked(came)
      if ([...lost].some((scene) => before.has(scene) && !came.has(scene)))
        throw new Error('could not cut a lost source piece again')
    } while (lost.size > 0)
  }

  /** Whether a kept analysis says that all of its scenes were encoded before, so that no worker is needed. */
  async function isAllKnown(): Promise<boolean> {
    const { announce } = context.view
    const { job } = file
    const scenes = await planKept({ ...sceneSearchOf(job), cache: analyses }, { signal })
    if (scenes == null) return false
    return scenes.every(({ frames, inputHash, zone }) => {
      const part = { frames, inputHash, encoderParams: zoneParams(job, zone) }
      return knownScenes(announce, part).length > 0
    })
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
    file.change({ kept: end.kept, film: end.film }, end.timestampsMs)
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

  return { run }
}
