import { randomBytes } from 'node:crypto'
import { isQuiet } from './growth.ts'
import { createIntake, type Intake, type WaitingSubmission } from './intake.ts'
import { keptProject } from './kept-job.ts'
import { measuredScenes } from './past-speed.ts'
import { listPresets, withPreset } from './presets.ts'
import { SubmitError } from './submit-error.ts'
import type { SubmitOptions } from './submit-wish.ts'
import { type CheckedSubmit, checkEarly, checkSubmit, type SubmitComponents } from './submit.ts'
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
  /** Waits until own projects go on. All or nothing: every one is checked before the first is announced. @throws SubmitError */
  submit: (options: readonly SubmitOptions[]) => Promise<string[]>
  /** All that a submission is checked for, without beginning with it. @throws SubmitError */
  check: (options: SubmitOptions, signal: AbortSignal) => Promise<CheckedSubmit>
  /** Two projects that make one file would only find out at the end. @param own the one that asks, where it is known already @throws SubmitError */
  checkOutputs: (outputs: readonly string[], own?: string) => void
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
      const [checked] = await checkEach([options], AbortSignal.any([signal, tenure.signal]), submission.projectId)
      tenure.checkMayWrite()
      if (checked != null) await announce(checked, submission.nonce, submission)
    }
  })

  /** Films are worked on in the order of these times, so that no two of this node have the same, and a clock that was set back moves none to the front. */
  function createdAfterAll(createdAtMs: number): number {
    return [...projects.lined()].reduce((last, { view }) => Math.max(last, view.announce.createdAtMs + 1), createdAtMs)
  }

  function checkOutputs(outputs: readonly string[], asking?: string): void {
    const running = projects.all().filter(({ projectId }) => projects.running(projectId) != null)
    const made = running.map(({ projectId, job: { output } }) => ({ projectId, output }))
    const waiting = intake.list().filter(({ submission }) => submission.end === undefined)
    const toBeMade = waiting.map(({ submission: { projectId, options } }) => ({ projectId, output: options.output }))
    const others = [...made, ...toBeMade].filter(({ projectId }) => projectId !== asking)
    const taken = new Set(others.map(({ output }) => output))
    for (const output of outputs) {
      if (taken.has(output))
        throw new SubmitError('output-exists', `another project already writes ${output}; choose another --output`, {
          field: 'output'
        })
      taken.add(output)
    }
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

  /** A submission and a dry run go through the same checks. */
  async function checkEach(
    options: readonly SubmitOptions[],
    signal: AbortSignal,
    asking?: string
  ): Promise<CheckedSubmit[]> {
    const parts = submitComponents(await init.encoders())
    const checked = await Promise.all(options.map(async (one) => checkSubmit(one, parts, signal)))
    checkOutputs(
      checked.map(({ job }) => job.output),
      asking
    )
    return checked
  }

  async function mustWait({ waitComplete, input }: SubmitOptions): Promise<boolean> {
    return waitComplete === true && !(await isQuiet(input))
  }

  /** What is asked for, written out: a preset may be another one after a restart. */
  const written = (options: SubmitOptions, { installed }: FoundEncoders): SubmitOptions =>
    withPreset(options, listPresets(init.presets, installed))

  async function submit(asked: readonly SubmitOptions[]): Promise<string[]> {
    await tenure.opened
    const found = await init.encoders()
    const options = asked.map((one) => written(one, found))
    const waits = await Promise.all(options.map(mustWait))
    const later = await Promise.all(
      options.filter((_, index) => waits[index]).map(async (one) => checkEarly(one, found, tenure.signal))
    )
    const now = await checkEach(
      options.filter((_, index) => !waits[index]),
      tenure.signal
    )
    checkOutputs([...now.map(({ job }) => job.output), ...later.map(({ options: { output } }) => output)])
    tenure.checkMayWrite()
    const ids: string[] = []
    const together = projects.gather()
    try {
      for (const checked of now) ids.push(await announce(checked, randomBytes(16).toString('hex')))
    } finally {
      together()
    }
    for (const early of later) ids.push(await intake.take(early.options, early.wish))
    return ids
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
    await projects.whileBeginning(projectId, async () => {
      const createdAtMs = createdAfterAll(announced.createdAtMs)
      const body = { ...announced, createdAtMs, nonce }
      const envelope = await book.append(projectId, epoch, { type: 'announce', announce: body })
      await gossip.publish('log', envelope)
      await projects.begin(projectId, epoch)
    })
    return projectId
  }

  return {
    intake,
    submit,
    checkOutputs,
    check: async (options, signal) => {
      const [checked] = await checkEach([written(options, await init.encoders())], signal)
      if (checked == null) throw new RangeError('one submission is checked as one')
      return checked
    }
  }
}
