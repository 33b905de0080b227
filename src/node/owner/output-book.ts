import { createInOrder, type InOrder } from '../../common/in-order.ts'
import { isUnfinished, type OutputHolder } from './output-holder.ts'
import { SubmitError } from './submit-error.ts'
import type { Intake } from './intake.ts'
import type { LogBook } from '../../swarm/index.ts'
import type { ProjectView } from '../../swarm/protocol/index.ts'
import type { OwnedJob } from './job.ts'
import type { OwnProjects } from './own-projects.ts'

export interface OutputBookComponents {
  readonly projects: Pick<OwnProjects, 'stored' | 'running' | 'jobOf'>
  readonly intake: Pick<Intake, 'list'>
  readonly book: Pick<LogBook, 'views'>
}

/** Which project of this node makes which file. */
export interface OutputBook {
  /** The project that makes a file, else the last that made it. */
  readonly holderOf: (output: string) => OutputHolder | undefined
  /** Refuses an output that another project makes. @param asking id of the project that asks. @throws SubmitError */
  readonly check: (output: string, asking: string) => void
  /** Keeps a name for a submission on its way. @returns a function that gives it back; undefined where a project or another submission has it */
  readonly reserve: (output: string) => (() => void) | undefined
  /** Runs the tasks that give outputs to projects one after the other: an output that a task finds free stays free until it ends. */
  readonly inTurn: InOrder
}

/** A range or a sample has fewer. */
const sourceFrames = ({ range, sample }: OwnedJob, { planned }: ProjectView): number | undefined =>
  range === undefined && sample === undefined ? planned?.frames : undefined

export function createOutputBook({ projects, intake, book }: OutputBookComponents): OutputBook {
  const reserved = new Set<string>()

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
      const own = job ?? projects.jobOf(projectId) ?? kept
      const of = { type: 'job', job: own, sourceFrames: sourceFrames(own, view) } as const
      yield { projectId, output: own.output, announced: view.announce, finishedBytes, of }
    }
  }

  function holderOf(output: string): OutputHolder | undefined {
    const all = [...holders()].filter((one) => one.output === output)
    return all.find(isUnfinished) ?? all.at(-1)
  }

  const taken = (output: string, who: string): SubmitError =>
    new SubmitError('output-taken', `${who} already writes ${output}; choose another --output`, { field: 'output' })

  return {
    holderOf,
    check: (output, asking) => {
      const holder = holderOf(output)
      if (isUnfinished(holder) && holder.projectId === asking) return
      if (isUnfinished(holder)) throw taken(output, `project ${holder.projectId}`)
      if (reserved.has(output)) throw taken(output, 'a film that is being submitted')
    },
    reserve: (output) => {
      if (reserved.has(output) || isUnfinished(holderOf(output))) return undefined
      reserved.add(output)
      return () => reserved.delete(output)
    },
    inTurn: createInOrder()
  }
}
