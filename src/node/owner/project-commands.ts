import { checkEarly } from './submit.ts'
import { checkNewOutput } from './submit-output.ts'
import type { Admission } from './admission.ts'
import type { FoundEncoders } from '../../encode/index.ts'
import type { LogBook, Spread } from '../../swarm/index.ts'
import type { History } from '../history/index.ts'
import type { OwnProjects } from './own-projects.ts'
import type { OwnStore } from '../../storage/index.ts'
import type { Tenure } from './tenure.ts'

export interface ProjectCommandsComponents {
  readonly projects: Pick<OwnProjects, 'get' | 'running' | 'remove'>
  readonly admission: Pick<Admission, 'intake' | 'steering' | 'outputs'>
  readonly tenure: Tenure
  readonly book: LogBook
  readonly spread: Spread
  readonly history: Pick<History, 'forget'>
  readonly own: Pick<OwnStore, 'delete'>
  readonly encoders: () => Promise<FoundEncoders>
}

/** What people say to projects of this node, and to submissions that wait to be some. Each waits until own projects go on. */
export interface ProjectCommands {
  /** @returns false when it has ended already. */
  cancel: (projectId: string) => Promise<boolean>
  /** Cancels it where it still runs and takes it out of everybody's lists; source and finished file stay. */
  remove: (projectId: string) => Promise<void>
  /** @returns false when it has ended already. */
  setPriority: (projectId: string, priority: number) => Promise<boolean>
  /** Tries again what waits, now. @returns false when nothing of it does. */
  retry: (projectId: string) => Promise<boolean>
  /** Another place for the finished file. @returns false when it has ended, or is being written. @throws SubmitError */
  setOutput: (projectId: string, output: string, overwrite: boolean) => Promise<boolean>
}

export function createProjectCommands(components: ProjectCommandsComponents): ProjectCommands {
  const { projects, tenure, book, spread } = components
  const { intake, steering, outputs } = components.admission

  async function cancel(projectId: string): Promise<boolean> {
    await tenure.opened
    return steering.cancel(projectId)
  }

  async function remove(projectId: string): Promise<void> {
    const epoch = await tenure.opened
    if (await intake.remove(projectId)) return
    tenure.checkMayWrite()
    const running = projects.running(projectId)
    if (running != null) await running.end('removed', 'cancelled')
    else await removeEnded(projectId, epoch)
    projects.remove(projectId)
    components.history.forget(projectId)
    await components.own.delete(projectId)
  }

  async function removeEnded(projectId: string, epoch: number): Promise<void> {
    const { head } = book.views.get(projectId) ?? {}
    book.takeOver(projectId)
    const removal = { state: 'removed' as const, reason: '', outputSha256: '', outputBytes: 0, endedAtMs: Date.now() }
    // One that came back from others late may be of a later epoch than this node knew of.
    const latest = Math.max(epoch, head?.epoch ?? 0)
    await spread.publish(projectId, 'log', await book.append(projectId, latest, { type: 'end', end: removal }))
    projects.get(projectId)?.tellEnd()
  }

  async function setPriority(projectId: string, priority: number): Promise<boolean> {
    await tenure.opened
    return steering.setPriority(projectId, priority)
  }

  async function retry(projectId: string): Promise<boolean> {
    await tenure.opened
    return intake.retry(projectId) || (projects.running(projectId)?.retry() ?? false)
  }

  async function setOutput(projectId: string, output: string, overwrite: boolean): Promise<boolean> {
    await tenure.opened
    return (
      (await setWaitingOutput(projectId, output, overwrite)) || (await setRunningOutput(projectId, output, overwrite))
    )
  }

  /** @returns false when it does not wait (any more) */
  async function setWaitingOutput(projectId: string, output: string, overwrite: boolean): Promise<boolean> {
    const waiting = intake.of(projectId)?.submission
    if (waiting === undefined || waiting.end !== undefined) return false
    outputs.check(output, projectId)
    await checkEarly({ ...waiting.options, output, overwrite }, await components.encoders(), tenure.signal)
    return outputs.inTurn(async () => {
      // Another may have taken it while the rest was checked.
      outputs.check(output, projectId)
      return intake.setOutput(projectId, output, overwrite)
    })
  }

  async function setRunningOutput(projectId: string, output: string, overwrite: boolean): Promise<boolean> {
    const project = projects.running(projectId)
    if (project == null) return false
    outputs.check(output, projectId)
    const losses = await checkNewOutput(project.job, output, overwrite, { signal: tenure.signal })
    const goOn = await outputs.inTurn(async () => {
      // Another may have taken it while the file was tried, or the project may have ended.
      outputs.check(output, projectId)
      return projects.running(projectId)?.setOutput(output, overwrite, losses)
    })
    await goOn?.()
    return goOn !== undefined
  }

  return { cancel, remove, setPriority, retry, setOutput }
}
