import { randomBytes } from 'node:crypto'
import { createIntake, type Intake, type WaitingSubmission } from './intake.ts'
import { keptProject } from './kept-job.ts'
import { measuredScenes } from './past-speed.ts'
import { isUnfinished, type OutputHolder } from './output-holder.ts'
import { createSteering, type Steering } from './steering.ts'
import { SubmitError } from './submit-error.ts'
import type { SubmitOptions } from './submit-wish.ts'
import { type CheckedSubmit, checkSubmit, type SubmitComponents } from './submit.ts'
import { createSubmitter, type Submitter } from './submitter.ts'
import { deriveProjectId, type Gossip, type LogBook, type Logger, type Signer } from '../../swarm/index.ts'
import type { FoundEncoders } from '../../encode/index.ts'
import type { OwnProjects } from './own-projects.ts'
import type { Preset } from '../../api/schemas/index.ts'
import type { OwnStore } from '../../storage/index.ts'
import type { Tenure } from './tenure.ts'

export interface AdmissionComponents {
  readonly projects: OwnProjects
  readonly tenure: Tenure
  readonly book: LogBook
  readonly gossip: Gossip
  readonly signer: Signer
  readonly own: Pick<OwnStore, 'put' | 'delete'>
  readonly log: Logger
}

export interface AdmissionInit {
  /** Folder for unfinished work. */
  readonly workDir: string
  readonly encoders: () => Promise<FoundEncoders>
  /** Own presets of this node. */
  readonly presets: readonly Preset[]
}

/** Checks submissions and makes projects of them. */
export interface Admission {
  /** Submissions that wait for their source to be complete. */
  readonly intake: Intake
  readonly steering: Steering
  /** Waits until own projects go on, then as {@link Submitter}. @throws SubmitError */
  readonly submit: Submitter['submit']
  readonly check: Submitter['check']
  /** Two projects that make one file would only find out at the end. @param asking the one that asks @throws SubmitError */
  checkOutput: (output: string, asking: string) => void
}

export function createAdmission(components: AdmissionComponents, init: AdmissionInit): Admission {
  const { projects, tenure, book, gossip, signer, own, log } = components

  const intake = createIntake({
    peerId: signer.peerId,
    own,
    log,
    begin: async (submission, signal) => {
      await tenure.opened
      const { waitComplete: _, ...options } = submission.options
      const { job, announce: announced } = await check(options, AbortSignal.any([signal, tenure.signal]))
      checkOutput(job.output, submission.projectId)
      tenure.checkMayWrite()
      const createdAtMs = createdAfterAll(announced.createdAtMs)
      await announce({ job, announce: { ...announced, createdAtMs } }, submission.nonce, submission)
    }
  })

  const steering = createSteering({ projects, intake })
  let lastStamp = 0

  /** Films are worked on in the order of these times, so that no two of this node have the same, and a clock that was set back moves none to the front. */
  function createdAfterAll(createdAtMs: number): number {
    const times = projects.unfinished().map((id) => (book.views.get(id)?.announce.createdAtMs ?? 0) + 1)
    lastStamp = Math.max(createdAtMs, lastStamp + 1, ...times)
    return lastStamp
  }

  function* holders(): Generator<OutputHolder & { readonly output: string }> {
    for (const { submission } of intake.list()) {
      const { projectId, options, wish: announced, end } = submission
      const { output } = options
      if (end === undefined && output !== undefined)
        yield { projectId, output, announced, finishedBytes: undefined, of: { type: 'waits', options } }
    }
    for (const { projectId, job: kept } of projects.stored.values()) {
      const view = book.views.get(projectId)
      const job = projects.running(projectId)?.job
      if (view == null || (job == null && view.end?.state !== 'completed')) continue
      const finishedBytes = job == null ? view.end?.outputBytes : undefined
      const of = { type: 'job', job: job ?? projects.jobOf(projectId) ?? kept } as const
      yield { projectId, output: of.job.output, announced: view.announce, finishedBytes, of }
    }
  }

  function holderOf(output: string): OutputHolder | undefined {
    const all = [...holders()].filter((one) => one.output === output)
    return all.find(isUnfinished) ?? all.at(-1)
  }

  function checkOutput(output: string, asking: string): void {
    const holder = holderOf(output)
    if (!isUnfinished(holder) || holder.projectId === asking) return
    throw new SubmitError(
      'output-taken',
      `project ${holder.projectId} already writes ${output}; choose another --output`,
      {
        field: 'output'
      }
    )
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

  async function check(options: SubmitOptions, signal: AbortSignal): Promise<CheckedSubmit> {
    return checkSubmit(options, submitComponents(await init.encoders()), signal)
  }

  /** @param waited what it was before, kept until it is announced: killed on the way, the node still has one of both */
  async function announce(
    { job, announce: announced }: CheckedSubmit,
    nonce: string,
    waited?: WaitingSubmission
  ): Promise<string> {
    const epoch = await tenure.opened
    const projectId = deriveProjectId(signer.peerId, nonce)
    await own.put(keptProject(projectId, job, undefined, waited))
    projects.keep({ projectId, job, timestampsMs: undefined })
    // Nobody has asked since this start for what waited.
    if (waited === undefined) projects.ask(projectId)
    await projects.whileBeginning(projectId, async () => {
      const body = { ...announced, nonce }
      const envelope = await book.append(projectId, epoch, { type: 'announce', announce: body })
      await gossip.publish('log', envelope)
      await projects.begin(projectId, epoch)
    })
    return projectId
  }

  const submitter = createSubmitter(
    {
      found: init.encoders,
      presets: init.presets,
      holderOf,
      check,
      mayBegin: tenure.checkMayWrite,
      stamp: () => createdAfterAll(Date.now()),
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
    checkOutput,
    check: submitter.check,
    submit: async (asked, ifTaken) => {
      await tenure.opened
      return submitter.submit(asked, ifTaken)
    }
  }
}
