import { rm } from 'node:fs/promises'
import { anySignal } from '../../common/any-signal.ts'
import { isFullyAccepted } from '../../swarm/protocol/index.ts'
import { manifestPathOf } from '../manifest/place.ts'
import { joinFolder, type JoiningInput } from './joining.ts'
import { troubleCode } from './join-trouble.ts'
import type { JoinedFile } from '../../encode/index.ts'
import type { ProjectContext } from './project-context.ts'
import type { ProjectPieces } from './project-pieces.ts'

export interface ProjectJoinParts {
  /** Makes the finished file. @throws MediaError, SourceError, RoomError */
  readonly join: (input: JoiningInput) => Promise<JoinedFile>
  readonly pieces: Pick<ProjectPieces, 'loseDamaged'>
  /** The finished file is in its place. */
  readonly done: (file: JoinedFile) => void
  /** The project waits, for this reason. */
  readonly trouble: (error: unknown) => void
}

/** Joins the accepted scenes of a project into its finished file. */
export interface ProjectJoin {
  run: () => Promise<void>
  /** Ends a join that is under way, since a scene is not good any more; the rules ask for another. Resolves once nothing of it is left. */
  interrupt: () => Promise<void>
  /** The output is another than before: a file that lies there is not of this project. */
  outputChanged: () => void
}

export function createProjectJoin(context: ProjectContext, parts: ProjectJoinParts): ProjectJoin {
  const { pieces, done, trouble } = parts
  const { components, init, file, signal } = context
  /** Until the first join of this run: a file with the output's name may be of the run before. */
  let mayBeOurs = true
  let running: { readonly stop: AbortController; readonly over: Promise<void> } | undefined

  /** @returns with the files that were made, since the project may be given another place meanwhile */
  async function join(
    isOurs: boolean,
    stopped: AbortSignal
  ): Promise<{ readonly made: readonly string[]; readonly joined: JoinedFile }> {
    await components.guard.whenThereIsSpace(stopped)
    const { job } = file
    const joined = await parts.join({
      view: context.view,
      job,
      spec: init.spec,
      blobs: components.blobs,
      signer: components.signer,
      timestampsMs: file.timestampsMs ?? [],
      attempts: (scene) => components.history.of(init.projectId, scene),
      workDir: joinFolder(init.workDir),
      mayBeOurs: isOurs,
      signal: stopped
    })
    const { output, manifest } = job
    return { made: manifest === 'none' ? [output] : [output, manifestPathOf(output)], joined }
  }

  async function joinUntil(interrupted: AbortSignal): Promise<void> {
    // A scene was taken back since the rules asked for it.
    if (!isFullyAccepted(context.view)) return
    const isOurs = mayBeOurs
    mayBeOurs = false
    try {
      const { made, joined } = await join(isOurs, anySignal([signal, interrupted]))
      if (interrupted.aborted) await Promise.all(made.map(async (path) => rm(path, { force: true })))
      else done(joined)
    } catch (error) {
      signal.throwIfAborted()
      if (interrupted.aborted) return
      if (troubleCode('join', error) === 'join-failed' && (await pieces.loseDamaged())) return
      trouble(error)
    }
  }

  return {
    run: async () => {
      const stop = new AbortController()
      const over = Promise.withResolvers<void>()
      running = { stop, over: over.promise }
      try {
        await joinUntil(stop.signal)
      } finally {
        running = undefined
        over.resolve()
      }
    },
    interrupt: async () => {
      running?.stop.abort(new Error('a scene is encoded again'))
      await running?.over
    },
    outputChanged: () => {
      mayBeOurs = false
    }
  }
}
