import { retryWhenFull, type OwnStore } from '../../storage/index.ts'
import { keptProject } from './kept-job.ts'
import type { Logger } from '../../swarm/index.ts'
import type { SpaceWatch } from '../disk/step-when-full.ts'
import type { OwnedJob } from './job.ts'

export interface JobFileComponents {
  readonly own: Pick<OwnStore, 'put'>
  readonly guard: SpaceWatch
  readonly log: Logger
}

/** The job of a running project, and its file. */
export interface JobFile {
  readonly job: OwnedJob
  /** Times of the source's frames, once the source was analysed. */
  readonly timestampsMs: readonly number[] | undefined
  /** Takes effect at once; the next `save` writes it. */
  change: (part: Partial<OwnedJob>, timestampsMs?: readonly number[]) => void
  /** Adds a warning about the source. Stored when the analysis ends: a restart before that hears it again. */
  warn: (sentence: string) => void
  save: () => Promise<void>
  /** The same, waiting for space where the disk is full. */
  saveWhenSpace: () => Promise<void>
  /** Writes the job without the frame times, which an ended project does not need. */
  saveEnded: () => Promise<void>
}

export function createJobFile(
  { own, guard, log }: JobFileComponents,
  init: { readonly projectId: string; readonly job: OwnedJob; readonly timestampsMs: readonly number[] | undefined }
): JobFile {
  const { projectId } = init
  let { job, timestampsMs } = init
  const save = async (): Promise<void> => own.put(keptProject(projectId, job, timestampsMs))

  return {
    get job() {
      return job
    },
    get timestampsMs() {
      return timestampsMs
    },
    change: (part, times = timestampsMs) => {
      job = { ...job, ...part }
      timestampsMs = times
    },
    warn: (sentence) => {
      const { warnings = [] } = job
      if (warnings.includes(sentence)) return
      job = { ...job, warnings: [...warnings, sentence] }
      log.warn({ projectId, warning: sentence }, 'a warning about the source')
    },
    save,
    saveWhenSpace: async () => {
      const kept = keptProject(projectId, job, timestampsMs)
      await retryWhenFull(guard, async () => own.put(kept))
    },
    saveEnded: async () => {
      timestampsMs = undefined
      const done = keptProject(projectId, job, undefined)
      await retryWhenFull(guard, async () => own.put(done))
    }
  }
}
