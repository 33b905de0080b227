import { randomBytes } from 'node:crypto'
import { anySignal } from '../../common/any-signal.ts'
import { createAnnouncing } from './announcing.ts'
import { createIntake, type Intake, type WaitingSubmission } from './intake.ts'
import { measuredScenes } from './past-speed.ts'
import { createOutputBook, type OutputBook } from './output-book.ts'
import { createStamps } from './stamps.ts'
import { createSteering, type Steering } from './steering.ts'
import { encoderOf, type SubmitOptions } from './submit-wish.ts'
import type { EncoderShelf } from '../encoders/encoder-shelf.ts'
import type { MeasureBars } from './auto-crop.ts'
import { type BarMeasures, createBarMeasures } from './bar-measures.ts'
import { type CheckedSubmit, checkSubmit, lookAhead, type SubmitComponents } from './submit.ts'
import { createSubmitter, type Submitter } from './submitter.ts'
import type { LogBook, Logger, Signer, Spread } from '../../swarm/index.ts'
import { type AnalysisCache, findBars, type FoundEncoders } from '../../encode/index.ts'
import type { Share } from '../../swarm/protocol/index.ts'
import type { OwnProjects } from './own-projects.ts'
import type { Preset } from '../../api/schemas/index.ts'
import type { OwnStore } from '../../storage/index.ts'
import type { Tenure } from './tenure.ts'

export interface AdmissionComponents {
  readonly projects: OwnProjects
  readonly tenure: Tenure
  readonly book: LogBook
  readonly spread: Spread
  readonly signer: Signer
  readonly own: Pick<OwnStore, 'put' | 'delete'>
  readonly log: Logger
  readonly analyses: AnalysisCache
}

export interface AdmissionInit {
  /** Folder for unfinished work. */
  readonly workDir: string
  readonly encoders: EncoderShelf['found']
  /** Own presets of this node. */
  readonly presets: readonly Preset[]
  /** Who sees new projects, and gets their pieces and scenes. */
  readonly share: Share
}

/** Checks submissions and makes projects of them. */
export interface Admission {
  /** Submissions that wait for their source to be complete. */
  readonly intake: Intake
  /** Cancels submissions and projects, and changes their priority. */
  readonly steering: Steering
  /** Waits until own projects go on, then as {@link Submitter}. @throws SubmitError */
  readonly submit: Submitter['submit']
  /** As {@link Submitter}, at once: it also answers before own projects go on. @throws SubmitError */
  readonly check: Submitter['check']
  /** Which file belongs to which project or submission. */
  readonly outputs: OutputBook
  /** Black bars, for `--crop auto` of a submission or a check. */
  readonly bars: BarMeasures
}

export function createAdmission(components: AdmissionComponents, init: AdmissionInit): Admission {
  const { projects, tenure, book, signer, own, log } = components
  const bars = createBarMeasures(
    {
      find: async (source, deinterlace, options) =>
        findBars({ source, deinterlace, cache: components.analyses }, options)
    },
    tenure.signal
  )

  const intake = createIntake({ peerId: signer.peerId, own, log, begin })
  const steering = createSteering({ projects, intake })
  const outputs = createOutputBook({ projects, intake, book })
  const announce = createAnnouncing(components, init)
  const stamp = createStamps({ projects, book })

  /** Makes a project of a submission that waited. */
  async function begin(submission: WaitingSubmission, aborted: AbortSignal): Promise<void> {
    await tenure.opened
    const { waitComplete: _, ...options } = submission.options
    const { job, announce: wish } = await check(options, anySignal([aborted, tenure.signal]), bars.measure)
    outputs.check(job.output, submission.projectId)
    tenure.checkMayWrite()
    const createdAtMs = stamp(wish.createdAtMs)
    await announce({ job, announce: { ...wish, createdAtMs } }, submission.nonce, submission)
  }

  function submitComponents(found: FoundEncoders): SubmitComponents {
    return {
      found,
      dataDir: init.workDir,
      measured: (build, params) => measuredScenes(book.views.values(), build, params),
      ownOutputs: () =>
        [...projects.stored.values()].flatMap(({ projectId, job }) => {
          const end = book.views.get(projectId)?.end
          return end?.state === 'completed' ? [{ path: job.output, bytes: end.outputBytes }] : []
        })
    }
  }

  async function check(options: SubmitOptions, signal: AbortSignal, measureBars?: MeasureBars): Promise<CheckedSubmit> {
    const found = await init.encoders([encoderOf(options)])
    return checkSubmit(options, { ...submitComponents(found), measureBars }, signal)
  }

  const submitter = createSubmitter(
    {
      found: init.encoders,
      lookAhead: (asked) => void lookAhead(asked, { signal: tenure.signal }),
      presets: init.presets,
      outputs,
      check,
      mayBegin: tenure.checkMayWrite,
      stamp: () => stamp(Date.now()),
      announce: async (checked) => announce(checked, randomBytes(16).toString('hex')),
      take: async ({ options, wish }) => {
        const projectId = await intake.take(options, wish)
        projects.ask(projectId)
        return projectId
      },
      goOn: async (projectId, priority) => {
        projects.ask(projectId)
        const now = book.views.get(projectId)?.priority ?? intake.of(projectId)?.view.priority
        if (priority !== undefined && priority !== now) await steering.setPriority(projectId, priority)
      },
      cancel: steering.cancel,
      gather: projects.gather
    },
    tenure.signal
  )

  return {
    intake,
    steering,
    outputs,
    bars,
    check: submitter.check,
    submit: async (asked, ifTaken) => {
      await tenure.opened
      return submitter.submit(asked, ifTaken)
    }
  }
}
