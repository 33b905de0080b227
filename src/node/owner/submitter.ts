import { stat } from 'node:fs/promises'
import { isQuiet } from './growth.ts'
import { differsFrom, isStillThere, isUnfinished, outputTaken } from './output-holder.ts'
import { listPresets, withPreset } from './presets.ts'
import { SubmitError } from './submit-error.ts'
import { defaultOutput } from './submit-output.ts'
import { checkEarly, type CheckedSubmit, type EarlySubmit } from './submit.ts'
import type { MeasureBars } from './auto-crop.ts'
import type { OutputBook } from './output-book.ts'
import { encoderOf, type SubmitOptions } from './submit-wish.ts'
import type { IfTaken, Submitted } from '../../api/ports.ts'
import type { Preset } from '../../api/schemas/index.ts'
import type { FoundEncoders } from '../../encode/index.ts'

export interface SubmitterComponents {
  /** @param names of the encoders that are asked for; the answer may have no others */
  readonly found: (names: readonly string[]) => Promise<FoundEncoders>
  /** Begins to look at a source, so that what is asked about it later is known sooner. */
  readonly lookAhead: (asked: SubmitOptions) => void
  /** Own presets of this node. */
  readonly presets: readonly Preset[]
  readonly outputs: Pick<OutputBook, 'holderOf' | 'inTurn' | 'reserve'>
  /** All that a submission is checked for but whether its output is taken. @throws SubmitError */
  readonly check: (options: SubmitOptions, signal: AbortSignal, bars?: MeasureBars) => Promise<CheckedSubmit>
  /** @throws Error where this node may begin nothing */
  readonly mayBegin: () => void
  /** A time for a submission that comes now, later than those of all before. */
  readonly stamp: () => number
  readonly announce: (checked: CheckedSubmit) => Promise<string>
  readonly take: (early: EarlySubmit) => Promise<string>
  /** Somebody asks for a project that is there. */
  readonly goOn: (projectId: string, priority: number | undefined) => Promise<void>
  readonly cancel: (projectId: string) => Promise<boolean>
  /** Has films that are begun together looked at together. @returns a function that ends it */
  readonly gather: () => () => void
}

export interface Submitter {
  /**
   * Makes projects of submissions, all or none: each is checked before the first is begun.
   * @param ifTaken for a submission without an output, where its default name is taken
   * @returns the project of each, in the order in which they were asked for
   * @throws SubmitError with a sentence for the user, which names the field that it is about
   */
  readonly submit: (asked: readonly SubmitOptions[], ifTaken: IfTaken) => Promise<Submitted[]>
  /**
   * Checks one submission as `submit` does, and begins nothing.
   * @param bars measures black bars for `--crop auto`; default: they are not measured
   * @throws SubmitError
   */
  readonly check: (asked: SubmitOptions, signal: AbortSignal, bars?: MeasureBars) => Promise<CheckedSubmit>
}

/** What a submission leads to, once it is checked. */
type Plan = { readonly output: string } & (
  | { readonly type: 'attach'; readonly projectId: string; readonly priority: number | undefined }
  | { readonly type: 'now'; readonly restarts: string | undefined; readonly checked: CheckedSubmit }
  | { readonly type: 'later'; readonly restarts: string | undefined; readonly early: EarlySubmit }
)

/** A name that is kept for a submission on its way. */
interface Reserved {
  readonly output: string
  readonly giveBack: () => void
}

const exists = async (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false
  )

const outputOf = ({ output, ...options }: SubmitOptions, number?: number): string => {
  const { input, named = input, sample } = options
  return output ?? defaultOutput({ named, encoder: encoderOf(options), sample }, number)
}

export function createSubmitter(components: SubmitterComponents, signal: AbortSignal): Submitter {
  const { mayBegin } = components
  const { holderOf, inTurn, reserve } = components.outputs

  const written = (options: SubmitOptions, { installed }: FoundEncoders): SubmitOptions =>
    withPreset(options, listPresets(components.presets, installed))

  /** The first name that nothing has, kept for this submission. */
  async function freeOutput(options: SubmitOptions): Promise<Reserved> {
    for (let number = 1; ; number += 1) {
      const output = outputOf(options, number)
      const giveBack = reserve(output)
      if (giveBack === undefined) continue
      if (options.overwrite === true || !(await exists(output))) return { output, giveBack }
      giveBack()
    }
  }

  /** The project that a submission goes on with; undefined where it begins a new one. @throws SubmitError */
  async function attachTo(
    options: SubmitOptions,
    output: string,
    found: FoundEncoders,
    aborted: AbortSignal
  ): Promise<string | undefined> {
    const holder = holderOf(output)
    if (holder === undefined || options.restart === true) return undefined
    const isFinished = holder.finishedBytes !== undefined
    // Whoever may replace the file wants it made again.
    if (isFinished && (options.overwrite === true || !(await isStillThere(output, holder)))) return undefined
    const fields = await differsFrom(holder, options, found, aborted)
    if (fields.length === 0) return holder.projectId
    // What lies there already, the check of the output says.
    if (isFinished) return undefined
    throw outputTaken(output, holder, fields)
  }

  /** The unfinished project that a submission ends. */
  function restartsOf({ restart }: SubmitOptions, output: string): string | undefined {
    const holder = holderOf(output)
    return restart === true && isUnfinished(holder) ? holder.projectId : undefined
  }

  async function planOf(options: SubmitOptions, found: FoundEncoders): Promise<Plan> {
    const output = outputOf(options)
    const projectId = await attachTo(options, output, found, signal)
    if (projectId !== undefined) return { type: 'attach', output, projectId, priority: options.priority }
    const restarts = restartsOf(options, output)
    const waits = options.waitComplete === true && options.isComplete !== true && !(await isQuiet(options.input))
    if (waits) return { type: 'later', output, restarts, early: await checkEarly(options, found, signal) }
    const checked = await components.check(options, signal)
    // What it becomes is known when all of the film was looked at.
    if (options.crop === 'auto')
      return { type: 'later', output, restarts, early: await checkEarly(options, found, signal) }
    return { type: 'now', output, restarts, checked }
  }

  /** What came or went while it was checked may have taken the output, or left it. */
  async function settled(plan: Plan, options: SubmitOptions, found: FoundEncoders): Promise<Plan> {
    const holder = holderOf(plan.output)
    if (plan.type === 'attach') return holder?.projectId === plan.projectId ? plan : planOf(options, found)
    if (!isUnfinished(holder)) return { ...plan, restarts: undefined }
    return holder.projectId === plan.restarts ? plan : planOf(options, found)
  }

  function checkTogether(plans: readonly Plan[]): void {
    const outputs = plans.flatMap((plan) => (plan.type === 'attach' ? [] : [plan.output]))
    const twice = outputs.find((output, index) => outputs.indexOf(output) !== index)
    if (twice === undefined) return
    const message = `two of the inputs would become ${twice}; choose another --output for one of them`
    throw new SubmitError('output-taken', message, { field: 'output' })
  }

  async function begin(plan: Exclude<Plan, { type: 'attach' }>, createdAtMs: number): Promise<string> {
    if (plan.type === 'later') return components.take(plan.early)
    const { job, announce } = plan.checked
    return components.announce({ job, announce: { ...announce, createdAtMs } })
  }

  async function carryOut(plan: Plan, createdAtMs: number): Promise<Submitted> {
    if (plan.type === 'attach') {
      await components.goOn(plan.projectId, plan.priority)
      return { projectId: plan.projectId, attached: true }
    }
    const projectId = await begin(plan, createdAtMs)
    // Not before: where the new one is refused after all, the old one goes on.
    if (plan.restarts !== undefined) await components.cancel(plan.restarts)
    return { projectId, attached: false }
  }

  async function submitEach(options: readonly SubmitOptions[], found: FoundEncoders): Promise<Submitted[]> {
    const stamps = options.map(() => components.stamp())
    const plans = await Promise.all(options.map(async (one) => planOf(one, found)))
    // One after the other: of two that ask for the same output the second sees the first.
    return inTurn(async () => {
      const final: Plan[] = []
      for (const [index, plan] of plans.entries())
        final.push(await settled(plan, options[index] as SubmitOptions, found))
      checkTogether(final)
      mayBegin()
      const together = components.gather()
      const submitted: Submitted[] = []
      try {
        for (const [index, plan] of final.entries()) submitted.push(await carryOut(plan, stamps[index] as number))
      } finally {
        together()
      }
      return submitted
    })
  }

  return {
    submit: async (asked, ifTaken) => {
      const encoders = asked.map(encoderOf)
      // Beside the search for encoders, which may take longer.
      for (const one of asked) components.lookAhead(one)
      const found = await components.found(encoders)
      const names: Reserved[] = []
      try {
        const options: SubmitOptions[] = []
        for (const one of asked.map((request) => written(request, found))) {
          const isFree = ifTaken === 'other-name' && one.output === undefined
          const name = isFree ? await freeOutput(one) : undefined
          if (name !== undefined) names.push(name)
          options.push(name === undefined ? one : { ...one, output: name.output })
        }
        return await submitEach(options, found)
      } finally {
        for (const { giveBack } of names) giveBack()
      }
    },
    check: async (asked, aborted, bars) => {
      const found = await components.found([encoderOf(asked)])
      const options = written(asked, found)
      const projectId = await attachTo(options, outputOf(options), found, aborted)
      if (projectId === undefined) return components.check(options, aborted, bars)
      const { job, ...checked } = await components.check({ ...options, overwrite: true }, aborted, bars)
      const goesOn = `project ${projectId} makes or has made this film: the submission attaches to it`
      return { ...checked, job: { ...job, warnings: [...(job.warnings ?? []), goesOn] } }
    }
  }
}
