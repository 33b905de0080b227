import { mkdir } from 'node:fs/promises'
import { assertNever } from '../../common/assert-never.ts'
import { monotonicMs } from '../../common/clock.ts'
import { workOf } from '../../encode/rules/index.ts'
import { errorText } from '../../common/error-text.ts'
import { MediaError, type JoinedFile } from '../../encode/index.ts'
import { removeFolder } from '../disk/folders.ts'
import { removeUnfinishedFilm } from '../manifest/place.ts'
import { createBeats } from './beats.ts'
import { createJobFile, type JobFile } from './job-file.ts'
import { troubleCode, troubleReason } from './join-trouble.ts'
import { joinFolder, joinScenes } from './joining.ts'
import { mountOf } from './output-mount.ts'
import { createOwnProbe } from './own-probe.ts'
import { createProjectJoin } from './project-join.ts'
import { createProjectLeases } from './project-leases.ts'
import { createProjectPieces, type ProjectPieces } from './project-pieces.ts'
import { createProjectPreparation, type ProjectPreparation } from './project-preparation.ts'
import { createProjectResults } from './project-results.ts'
import { createWithdrawal, type Withdraw } from './withdrawal.ts'
import type { OwnedJob } from './job.ts'
import type { OwnedProjectComponents, OwnedProjectInit, ProjectContext } from './project-context.ts'
import {
  createOwnerState,
  ownerAsMaker,
  clipText,
  isHeldAgainst,
  LIMITS,
  nextDeadlineMs,
  stepOwner,
  canRetry,
  waitOf,
  type Claimant,
  type EndState,
  type LeaseClaim,
  type OwnerEffect,
  type OwnerEvent,
  type OwnerInput,
  type OwnerState,
  type ProjectView,
  type SessionMessage
} from '../../swarm/protocol/index.ts'

/** Carries out the owner's rules for one project: feeds events in, puts effects into the world, in order. */
export class OwnedProject {
  readonly projectId: string
  readonly #components: OwnedProjectComponents
  readonly #init: ProjectContext['init']
  readonly #stopped = new AbortController()
  readonly #background = new Set<Promise<void>>()
  readonly #file: JobFile
  readonly #beats
  readonly #leases
  readonly #pieces: ProjectPieces
  readonly #probe
  readonly #preparation: ProjectPreparation
  readonly #results
  readonly #join
  readonly #withdraw: Withdraw
  #state: OwnerState
  #effects: Promise<void> = Promise.resolve()
  #deadline: NodeJS.Timeout | undefined
  #ending: Promise<void> | undefined
  /** Another node with the same key goes on with it. */
  #deposed = false

  constructor(components: OwnedProjectComponents, init: OwnedProjectInit) {
    const { timestampsMs: _times, ...kept } = init
    const { projectId, epoch, timing, job, spec } = kept
    this.projectId = projectId
    this.#components = components
    this.#init = kept
    this.#file = createJobFile(components, init)
    this.#beats = createBeats(components, () => this.#state)
    const { encoderBuild: build, builds } = this.#view.announce
    const making = { self: components.signer.peerId, build, builds, probe: job.probe }
    this.#state = createOwnerState(projectId, epoch, timing, making, workOf(spec.encoder.name))
    const context = this.#context()
    this.#leases = createProjectLeases(projectId, components)
    this.#pieces = createProjectPieces(context, async () => this.#preparation.run())
    this.#probe = createOwnProbe(context)
    this.#results = createProjectResults(context, this.#pieces, this.#leases.forget)
    this.#preparation = createProjectPreparation(context, {
      pieces: this.#pieces,
      probe: this.#probe,
      trouble: (error) => this.#trouble('prepare', error)
    })
    this.#join = createProjectJoin(context, {
      join: joinScenes,
      pieces: this.#pieces,
      done: (file) => this.#endLater('completed', '', file),
      trouble: (error) => this.#trouble('join', error)
    })
    this.#withdraw = createWithdrawal(context, { pieces: this.#pieces, join: this.#join })
  }

  /** What the parts see of it; view and state are those of the moment. */
  #context(): ProjectContext {
    const view = (): ProjectView => this.#view
    const state = (): OwnerState => this.#state
    return {
      components: this.#components,
      init: this.#init,
      file: this.#file,
      signal: this.#stopped.signal,
      get view() {
        return view()
      },
      get state() {
        return state()
      },
      dispatch: (event) => this.dispatch(event),
      append: async (body) => this.#append(body),
      inBackground: (task) => this.#inBackground(task)
    }
  }

  get job(): OwnedJob {
    return this.#file.job
  }

  /** By the owner's rules, now. */
  get state(): OwnerState {
    return this.#state
  }

  get #view(): ProjectView {
    const view = this.#components.book.views.get(this.projectId)
    if (view == null) throw new Error(`no log of own project ${this.projectId}`)
    return view
  }

  /** Goes on from what the log and the stored leases hold: at the beginning, or after a restart. Preparation and the join run in the background. */
  async start(): Promise<void> {
    const { leases, guard, history } = this.#components
    this.hold(guard.state === 'disk-full')
    await mkdir(this.#init.workDir, { recursive: true, mode: 0o700 })
    await this.#pieces.restore()
    for (const lease of await leases.all(this.projectId)) {
      const { worker, maker = ownerAsMaker(this.#state.making) } = lease
      this.dispatch({ type: 'restored', token: lease, worker, maker })
    }
    history.resumed(this.#state)
    const { timestampsMs, job } = this.#file
    const isPlanned = this.#view.planned != null && timestampsMs != null && job.starts !== undefined
    if (isPlanned && this.#pieces.lost.size === 0) this.dispatch({ type: 'planned' })
    else this.#inBackground(this.#preparation.run)
    this.#beats.start()
  }

  /** Gives an event to the owner's rules, and carries out what they answer: in order, and after this call. */
  dispatch(event: OwnerInput): void {
    if (this.#deposed) return
    const timed: OwnerEvent = { ...event, nowMs: monotonicMs() }
    const step = stepOwner(this.#state, timed)
    this.#components.history.step(this.#state, step.state, timed, step.effects)
    this.#state = step.state
    this.#beats.touch()
    for (const effect of step.effects) this.#enqueue(async () => this.#perform(effect))
    this.#setDeadline()
    if (event.type !== 'renew' && event.type !== 'turn') this.#components.line.look()
  }

  /** One after the other: what has to be durable is, before the next is carried out. */
  #enqueue(task: () => Promise<void>): void {
    this.#effects = this.#effects.then(task).catch((error: unknown) => this.#broken(error))
  }

  /** Another project of this node caught the worker. */
  distrust(worker: string, reason: string): void {
    this.#enqueue(async () => this.#withdraw(worker, reason))
  }

  /** A worker asks for a scene. @param envelope the signed claim, which a grant has to contain */
  claim(worker: string, claim: LeaseClaim, envelope: Uint8Array, claimant: Claimant): void {
    const { claimId, prefetch, encoderBuild: build, probe, slots } = claim
    this.#leases.claimed(claimId, envelope)
    this.dispatch({ type: 'claim', worker, claimId, prefetch, build, probe, slots, ...claimant })
  }

  /** Hands nothing out while `on`. */
  hold(on: boolean): void {
    if (this.#state.held !== on) this.dispatch({ type: 'hold', on })
  }

  /** Nothing is begun of it while `on`: this node is there for other films. */
  setAside(on: boolean): void {
    if (this.#state.aside !== on) this.dispatch({ type: 'aside', on })
  }

  /** A worker gives a scene back. Where it failed on it, the piece is looked at first: a damaged one is cut again, and is held against nobody. */
  async release(worker: string, message: Extract<SessionMessage, { type: 'release' }>): Promise<void> {
    const { scene } = message.token
    const isWhole = !isHeldAgainst(this.#state, worker, message) || (await this.#pieces.isWhole(scene))
    if (!isWhole && !this.#pieces.lost.has(scene)) this.#pieces.lose(scene)
    this.dispatch({ ...message, kind: isWhole ? message.kind : 'left', worker })
  }

  /** Tries again what waits and scenes that failed, now. @returns false when that can change nothing. */
  retry(): boolean {
    if (!canRetry(this.#state)) return false
    this.dispatch({ type: 'retry' })
    return true
  }

  /**
   * Another place for the finished file.
   * @param losses sentences about what it does not say as the source does
   * @returns what to do once others may take outputs again, which may wait for space; undefined while the file is being written
   */
  async setOutput(
    output: string,
    overwrite: boolean,
    losses: readonly string[]
  ): Promise<(() => Promise<void>) | undefined> {
    const file = this.#file
    const outputMount = await mountOf(output)
    // Nothing is waited for between this and the change, so that no join begins with the place of before.
    if (this.#state.phase === 'joining' && waitOf(this.#state) == null) return undefined
    const before = file.job.output
    file.change({ output, overwrite, outputMount })
    for (const sentence of losses) file.warn(sentence)
    this.#join.outputChanged()
    // Under the same name a join may have begun by now.
    if (before !== output) await removeUnfinishedFilm(before, joinFolder(this.#init.workDir)).catch(() => {})
    const isKept = await file.save().then(
      () => true,
      () => false
    )
    return async () => {
      if (!isKept) await file.saveWhenSpace()
      this.retry()
    }
  }

  /** @param priority the lower number comes first, in the line of this node and at every worker */
  async setPriority(priority: number): Promise<void> {
    await this.#append({ type: 'update', priority })
    this.#components.line.look()
  }

  /** Waits for its turn to be prepared: films of this node come before it, or with undefined none do. */
  setTurn(before: number | undefined): void {
    if (this.#state.before !== before) this.dispatch({ type: 'turn', before })
  }

  /** Ends the project; what was held for it goes. Once it ends, later calls wait for that. */
  async end(state: EndState, reason: string, output?: JoinedFile): Promise<void> {
    return (this.#ending ??= this.#end(state, reason, output))
  }

  async #end(state: EndState, reason: string, output?: JoinedFile): Promise<void> {
    clearTimeout(this.#deadline)
    this.#stopped.abort(new Error(reason === '' ? 'the project has ended' : reason))
    await Promise.allSettled(this.#background)
    const end = {
      state,
      reason: clipText(reason, LIMITS.reasonCharsMax),
      outputSha256: output?.sha256 ?? '',
      outputBytes: output?.bytes ?? 0,
      endedAtMs: Date.now()
    }
    await this.#append({ type: 'end', end })
    this.dispatch({ type: 'ended' })
    await this.#cleanUp()
    this.#components.ended(this.projectId, this.job)
    this.tellEnd()
  }

  /** Says for a while that it is over: again when it is removed after its end. */
  tellEnd(): void {
    this.#beats.finish()
  }

  /** Stops for a restart: nothing is ended. */
  async stop(): Promise<void> {
    this.#stopped.abort(new Error('stopping'))
    clearTimeout(this.#deadline)
    this.#beats.stop()
    await Promise.allSettled([...this.#background, this.#effects, this.#ending])
  }

  /** Stops at once and for good, without a word to anybody: another node that has this one's key goes on with it. */
  async depose(): Promise<void> {
    this.#deposed = true
    await this.stop()
  }

  async #perform(effect: OwnerEffect): Promise<void> {
    if (this.#deposed) return undefined
    const { send, trust } = this.#components
    switch (effect.type) {
      case 'grant':
        return this.#leases.grant(effect)
      case 'no-work':
        this.#leases.refused(effect.claimId)
        send(effect.worker, effect)
        return undefined
      case 'probe':
        this.#inBackground(this.#probe.make)
        return undefined
      case 'wake':
        send(effect.worker, { type: 'wake', projectId: this.projectId })
        return undefined
      case 'away':
        send(effect.worker, { type: 'away', projectId: this.projectId, forMs: effect.forMs })
        return undefined
      case 'revoke':
      case 'settled':
        await this.#leases.forget(effect.token)
        send(effect.worker, effect)
        return undefined
      case 'verify':
        this.#inBackground(async () => this.#results.verify(effect.result, effect.provable))
        return undefined
      case 'confirmed':
        this.#results.confirm(effect.scene, effect.by)
        return undefined
      case 'accept':
        return this.#results.accept(effect.result)
      case 'book':
        trust.note(effect.worker, effect.what)
        return undefined
      case 'distrust':
        this.#components.distrust(effect.worker, effect.reason, this.projectId)
        return this.#withdraw(effect.worker, effect.reason)
      case 'prepare':
        this.#inBackground(this.#preparation.run)
        return undefined
      case 'join':
        this.#inBackground(this.#join.run)
        return undefined
      case 'end':
        this.#endLater(effect.state, effect.reason)
        return undefined
      default:
        return assertNever(effect)
    }
  }

  #trouble(step: 'prepare' | 'join', error: unknown): void {
    const { log } = this.#components
    const stderr = error instanceof MediaError ? error.stderrTail : undefined
    log.warn({ projectId: this.projectId, step, err: error, stderr }, 'the project waits')
    const reason = clipText(troubleReason(step, error, this.projectId), LIMITS.reasonCharsMax)
    this.dispatch({ type: 'trouble', step, code: troubleCode(step, error), reason })
  }

  /** From inside background work, which `end` waits for. */
  #endLater(state: EndState, reason: string, output?: JoinedFile): void {
    this.end(state, reason, output).catch((error: unknown) =>
      this.#components.log.error({ projectId: this.projectId, err: error }, 'could not end the project')
    )
  }

  async #append(body: Parameters<OwnedProjectComponents['book']['append']>[2]): Promise<void> {
    const { book, spread } = this.#components
    const envelope = await book.append(this.projectId, this.#init.epoch, body)
    await spread.publish(this.projectId, 'log', envelope)
  }

  #inBackground(task: () => Promise<void>): void {
    const running = task()
      .catch((error: unknown) => this.#broken(error))
      .finally(() => this.#background.delete(running))
    this.#background.add(running)
  }

  /** Something on the way failed for good: the project fails with its reason, unless it is only being stopped. */
  #broken(error: unknown): void {
    if (this.#stopped.signal.aborted) return
    const stderr = error instanceof MediaError ? error.stderrTail : undefined
    this.#components.log.error({ projectId: this.projectId, err: error, stderr }, 'the project failed')
    this.#endLater('failed', errorText(error))
  }

  async #cleanUp(): Promise<void> {
    await Promise.all([this.#results.drop(), this.#pieces.drop()])
    clearTimeout(this.#deadline)
    await removeUnfinishedFilm(this.#file.job.output, joinFolder(this.#init.workDir)).catch(() => {})
    await removeFolder(this.#init.workDir)
    await this.#components.leases.clear(this.projectId).catch(() => {})
    await this.#file.saveEnded()
  }

  #setDeadline(): void {
    clearTimeout(this.#deadline)
    const at = nextDeadlineMs(this.#state)
    if (!Number.isFinite(at) || this.#stopped.signal.aborted) return
    this.#deadline = setTimeout(
      () => {
        this.#components.gap.look()
        this.dispatch({ type: 'tick' })
      },
      Math.min(Math.max(0, at - monotonicMs()) + 1, 0x7fffffff)
    )
    this.#deadline.unref()
  }
}
