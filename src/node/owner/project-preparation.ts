import { planKept } from '../../encode/index.ts'
import { createProjectCutting } from './project-cutting.ts'
import { sceneSearchOf, zoneParams } from './job.ts'
import { checkSource, fileStampOf, SourceError } from './source-identity.ts'
import type { OwnProbe } from './own-probe.ts'
import type { ProjectContext } from './project-context.ts'
import type { ProjectPieces } from './project-pieces.ts'

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
  const { analyses, knownScenes, line } = components
  const { projectId } = init
  const { cutAll } = createProjectCutting(context, { pieces, probe })
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

  return { run }
}
