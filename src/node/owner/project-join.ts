import { joinFolder, joinScenes } from './joining.ts'
import { troubleCode } from './join-trouble.ts'
import type { JoinedFile } from '../../encode/index.ts'
import type { ProjectContext } from './project-context.ts'
import type { ProjectPieces } from './project-pieces.ts'

export interface ProjectJoinParts {
  readonly pieces: Pick<ProjectPieces, 'loseDamaged'>
  /** The finished file is in its place. */
  readonly done: (file: JoinedFile) => void
  /** The project waits, for this reason. */
  readonly trouble: (error: unknown) => void
}

/** Joins the accepted scenes of a project into its finished file. */
export interface ProjectJoin {
  run: () => Promise<void>
  /** The output is another than before: a file that lies there is not of this project. */
  outputChanged: () => void
}

export function createProjectJoin(context: ProjectContext, { pieces, done, trouble }: ProjectJoinParts): ProjectJoin {
  const { components, init, file, signal } = context
  /** Until the first join of this run: a file with the output's name may be of the run before. */
  let mayBeOurs = true

  async function join(isOurs: boolean): Promise<JoinedFile> {
    await components.guard.whenThereIsSpace(signal)
    return joinScenes({
      view: context.view,
      job: file.job,
      spec: init.spec,
      blobs: components.blobs,
      timestampsMs: file.timestampsMs ?? [],
      workDir: joinFolder(init.workDir),
      mayBeOurs: isOurs,
      signal
    })
  }

  return {
    run: async () => {
      const isOurs = mayBeOurs
      mayBeOurs = false
      try {
        done(await join(isOurs))
      } catch (error) {
        signal.throwIfAborted()
        if (troubleCode('join', error) === 'join-failed' && (await pieces.loseDamaged())) return
        trouble(error)
      }
    },
    outputChanged: () => {
      mayBeOurs = false
    }
  }
}
