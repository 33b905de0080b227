import { randomBytes } from 'node:crypto'
import { anySignal } from '../../common/any-signal.ts'
import { errorText } from '../../common/error-text.ts'
import { createListeners } from '../../common/listeners.ts'
import { deriveProjectId, type Logger } from '../../swarm/index.ts'
import { type QuietInit, untilComplete } from './growth.ts'
import { keptSubmission } from './kept-job.ts'
import { SubmitError } from './submit-error.ts'
import { announceWish, type AnnouncedWish } from './submit.ts'
import type { CheckedWish, SubmitOptions } from './submit-wish.ts'
import { waitingBeat, waitingView } from './waiting-view.ts'
import { clipText, LIMITS, type Beat, type End, type ProjectView } from '../../swarm/protocol/index.ts'
import type { OwnStore } from '../../storage/index.ts'

/** A submission whose source is not complete yet. The project that it becomes has its id. */
export interface WaitingSubmission {
  readonly projectId: string
  readonly nonce: string
  readonly options: SubmitOptions
  readonly wish: AnnouncedWish
  /** It was cancelled, or refused when its source was complete. */
  readonly end?: End | undefined
}

/** One as others of the node see it. Parts are replaced, never changed. */
export interface WaitingProject {
  readonly submission: WaitingSubmission
  readonly view: ProjectView
  readonly beat: Beat
  /** What it waits for, as a sentence. */
  readonly reason: string
}

export interface IntakeComponents {
  readonly peerId: string
  readonly own: Pick<OwnStore, 'put' | 'delete'>
  readonly log: Logger
  /** Makes a project of one whose source is complete; measures its bars first where it asks for that. @throws SubmitError where it is refused */
  readonly begin: (submission: WaitingSubmission, signal: AbortSignal) => Promise<void>
}

/** Submissions that wait until nobody writes to their source any more, or until its bars are measured; they outlive a restart. */
export interface Intake {
  /** @returns the id of the project to be */
  take: (options: SubmitOptions, wish: CheckedWish) => Promise<string>
  /** Goes on with one of before a restart. */
  restore: (submission: WaitingSubmission) => void
  list: () => readonly WaitingProject[]
  of: (projectId: string) => WaitingProject | undefined
  /** @returns false when it has ended, or is none of these (any more) */
  cancel: (projectId: string) => Promise<boolean>
  setPriority: (projectId: string, priority: number) => Promise<boolean>
  setOutput: (projectId: string, output: string, overwrite: boolean) => Promise<boolean>
  /** Looks at the source at once, instead of at the end of the wait. @returns false when nothing waits */
  retry: (projectId: string) => boolean
  /** @returns false when it is none of these (any more) */
  remove: (projectId: string) => Promise<boolean>
  /** Called with the id of one that changed or went. @returns a function that ends it */
  onChange: (listener: (projectId: string) => void) => () => void
  stop: () => Promise<void>
}

const GROWS = 'The source is not complete yet; the project begins when nobody has written to it for 10 s.'
const MEASURED = 'The black bars are being measured; the project begins when the whole film has been measured.'
const AWAY = 'The source is missing; the project begins when it exists and is complete.'

interface Entry {
  project: WaitingProject
  readonly stop: AbortController
  /** Ends the wait, not the submission. */
  hurry: AbortController
  /** Settles when it has become a project; commands that come meanwhile go to the project. */
  beginning?: Promise<void> | undefined
  running: Promise<void>
}

class Waiting implements Intake {
  readonly #components: IntakeComponents
  readonly #init: QuietInit
  readonly #entries = new Map<string, Entry>()
  readonly #changes = createListeners<string>()

  constructor(components: IntakeComponents, init: QuietInit) {
    this.#components = components
    this.#init = init
  }

  async take(options: SubmitOptions, wish: CheckedWish): Promise<string> {
    const { peerId, own } = this.#components
    const nonce = randomBytes(16).toString('hex')
    const projectId = deriveProjectId(peerId, nonce)
    const submission = { projectId, nonce, options, wish: announceWish(options, wish) }
    await own.put(keptSubmission(submission))
    this.restore(submission)
    return projectId
  }

  restore(submission: WaitingSubmission): void {
    const { projectId } = submission
    const stop = new AbortController()
    const entry: Entry = {
      project: this.#shown(submission, submission.options.waitComplete === true ? GROWS : MEASURED),
      stop,
      hurry: new AbortController(),
      running: Promise.resolve()
    }
    this.#entries.set(projectId, entry)
    if (submission.end === undefined) entry.running = this.#run(entry)
    this.#changes.tell(projectId)
  }

  list(): readonly WaitingProject[] {
    return [...this.#entries.values()].map(({ project }) => project)
  }

  of(projectId: string): WaitingProject | undefined {
    return this.#entries.get(projectId)?.project
  }

  async cancel(projectId: string): Promise<boolean> {
    const entry = await this.#stopped(projectId)
    if (entry === undefined || entry.project.submission.end !== undefined) return false
    await this.#end(entry, 'cancelled', 'cancelled')
    return true
  }

  async setPriority(projectId: string, priority: number): Promise<boolean> {
    return this.#edit(projectId, ({ options, wish, ...submission }) => ({
      ...submission,
      options: { ...options, priority },
      wish: { ...wish, priority }
    }))
  }

  async setOutput(projectId: string, output: string, overwrite: boolean): Promise<boolean> {
    return this.#edit(projectId, ({ options, ...submission }) => ({
      ...submission,
      options: { ...options, output, overwrite }
    }))
  }

  retry(projectId: string): boolean {
    const entry = this.#entries.get(projectId)
    if (entry === undefined || entry.project.submission.end !== undefined) return false
    entry.hurry.abort()
    return true
  }

  async remove(projectId: string): Promise<boolean> {
    if ((await this.#stopped(projectId)) === undefined) return false
    await this.#components.own.delete(projectId)
    this.#forget(projectId)
    return true
  }

  onChange(listener: (projectId: string) => void): () => void {
    return this.#changes.add(listener)
  }

  async stop(): Promise<void> {
    const entries = [...this.#entries.values()]
    for (const { stop } of entries) stop.abort(new Error('stopping'))
    await Promise.all(entries.map(async ({ running }) => running))
  }

  async #run(entry: Entry): Promise<void> {
    const { log } = this.#components
    const { signal } = entry.stop
    const { projectId } = entry.project.submission
    const onLook = (isThere: boolean): void => this.#say(entry, isThere ? GROWS : AWAY)
    try {
      while (!(await this.#tryOnce(entry, onLook))) signal.throwIfAborted()
    } catch (error) {
      if (signal.aborted) return
      log.warn({ projectId, err: error }, 'refused a submission that was waiting')
      await this.#end(entry, 'failed', errorText(error)).catch((failed: unknown) =>
        log.error({ projectId, err: failed }, 'could not save the end of a submission')
      )
    }
  }

  /** @returns false when somebody writes to it again. */
  async #tryOnce(entry: Entry, onLook: (isThere: boolean) => void): Promise<boolean> {
    const { signal } = entry.stop
    const { waitComplete, crop } = entry.project.submission.options
    if (waitComplete === true) await this.#wait(entry, onLook)
    if (crop === 'auto') this.#say(entry, MEASURED)
    try {
      entry.beginning = this.#components.begin(entry.project.submission, signal)
      await entry.beginning
      this.#forget(entry.project.submission.projectId)
      return true
    } catch (error) {
      const isAway = error instanceof SubmitError && (error.code === 'growing' || error.code === 'not-found')
      if (isAway && waitComplete === true) return false
      throw error
    } finally {
      entry.beginning = undefined
    }
  }

  /** Until the source is complete, or somebody is in a hurry. */
  async #wait(entry: Entry, onLook: (isThere: boolean) => void): Promise<void> {
    const { signal } = entry.stop
    entry.hurry = new AbortController()
    const either = anySignal([signal, entry.hurry.signal])
    const init = { ...this.#init, signal: either }
    await untilComplete(entry.project.submission.options.input, onLook, init).catch((error: unknown) => {
      signal.throwIfAborted()
      if (!either.aborted) throw error
    })
  }

  async #stopped(projectId: string): Promise<Entry | undefined> {
    const entry = this.#entries.get(projectId)
    entry?.stop.abort(new Error('cancelled'))
    await entry?.running
    // It may have become a project on the way.
    return this.#entries.get(projectId)
  }

  async #end(entry: Entry, state: 'cancelled' | 'failed', reason: string): Promise<void> {
    const end = { state, outputSha256: '', outputBytes: 0, endedAtMs: Date.now() }
    await this.#change(entry, {
      ...entry.project.submission,
      end: { ...end, reason: clipText(reason, LIMITS.reasonCharsMax) }
    })
  }

  async #change(entry: Entry, submission: WaitingSubmission): Promise<void> {
    await this.#components.own.put(keptSubmission(submission))
    entry.project = this.#shown(submission, entry.project.reason)
    this.#changes.tell(submission.projectId)
  }

  async #edit(projectId: string, edit: (submission: WaitingSubmission) => WaitingSubmission): Promise<boolean> {
    const entry = this.#entries.get(projectId)
    await entry?.beginning?.catch(() => {})
    if (entry === undefined || this.#entries.get(projectId) !== entry) return false
    if (entry.project.submission.end !== undefined) return false
    await this.#change(entry, edit(entry.project.submission))
    return true
  }

  #say(entry: Entry, reason: string): void {
    if (entry.project.reason === reason) return
    entry.project = { ...entry.project, reason }
    this.#changes.tell(entry.project.submission.projectId)
  }

  #shown(submission: WaitingSubmission, reason: string): WaitingProject {
    const view = waitingView(submission, this.#components.peerId)
    return { submission, view, beat: waitingBeat(submission.projectId), reason }
  }

  #forget(projectId: string): void {
    this.#entries.delete(projectId)
    this.#changes.tell(projectId)
  }
}

export const createIntake = (components: IntakeComponents, init: QuietInit = {}): Intake =>
  new Waiting(components, init)
