import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type AnalysisCache, MediaError, removeUnfinished } from '../../encode/run/index.ts'
import { retryWhenFull } from '../../storage/index.ts'
import { stepWhenFull, type SpaceWatch } from '../step-when-full.ts'
import { monotonicMs } from '../clock.ts'
import { freshFolder, removeFolder } from '../folders.ts'
import { createBeats, type BeatsComponents } from './beats.ts'
import { joinFolder, joinScenes } from './joining.ts'
import { prepareProject } from './preparation.ts'
import { createVerifier } from './verification.ts'
import {
  assertNever,
  createOwnerState,
  encodeGrant,
  ownerAsMaker,
  clipText,
  LIMITS,
  nextDeadlineMs,
  stepOwner,
  type Claimant,
  type EndState,
  type LeaseClaim,
  type OwnerEffect,
  type OwnerEvent,
  type OwnerState,
  type PendingResult,
  type ProjectView,
  type SessionMessage,
  type Timing,
  type Token
} from '../../swarm/protocol/index.ts'
import type { History } from '../history/index.ts'
import { sameBuild } from '../../encode/spec/index.ts'
import type { BlobUse } from '../blob-use.ts'
import type { EncodeAgain } from './encode-again.ts'
import type { OwnedJob } from './job.ts'
import type { ProjectProbes } from '../project-probes.ts'
import type { ProjectSpec } from '../project-spec.ts'
import type { BlobExchange, LogBook } from '../../swarm/index.ts'
import type { BlobStore, LeaseRepository, OwnStore } from '../../storage/index.ts'
import type { TrustBook } from '../trust-book.ts'

export interface OwnedProjectComponents extends BeatsComponents {
  readonly blobs: BlobStore
  readonly analyses: AnalysisCache
  readonly own: Pick<OwnStore, 'put'>
  readonly leases: LeaseRepository
  readonly guard: SpaceWatch & { readonly state: 'ok' | 'disk-full' }
  readonly trust: Pick<TrustBook, 'note' | 'drawRecheck'>
  readonly encodeAgain: EncodeAgain
  readonly probes: ProjectProbes
  readonly exchange: BlobExchange
  readonly isOwnBlob: BlobUse
  readonly history: Pick<History, 'step' | 'accepted' | 'resumed'>
  /** Sends to a connected worker; a lost message is made good by renewals. */
  readonly send: (worker: string, message: SessionMessage) => void
}

export interface OwnedProjectInit {
  readonly projectId: string
  readonly epoch: number
  readonly timing: Timing
  readonly job: OwnedJob
  readonly spec: ProjectSpec
  readonly timestampsMs: readonly number[] | undefined
  /** Private folder of the project; removed at its end. */
  readonly workDir: string
}

/** Times that the own probe is tried. */
const PROBE_TRIES = 3
const PROBE_PAUSE_MS = 10_000

interface EndOutput {
  readonly sha256: string
  readonly bytes: number
}

type EventWithoutTime = OwnerEvent extends infer E ? (E extends OwnerEvent ? Omit<E, 'nowMs'> : never) : never

/** Carries out the owner's rules for one project: feeds events in, puts effects into the world, in order. */
export class OwnedProject {
  readonly projectId: string
  readonly #components: OwnedProjectComponents
  readonly #init: OwnedProjectInit
  readonly #stopped = new AbortController()
  readonly #claims = new Map<string, Uint8Array>()
  readonly #verifier
  readonly #beats
  readonly #background = new Set<Promise<void>>()
  readonly #checking = new Set<string>()
  /** What was measured of results that are right, until their receipts are in the log. */
  readonly #psnr = new Map<number, number | undefined>()
  #state: OwnerState
  #job: OwnedJob
  #timestampsMs: readonly number[] | undefined
  #effects: Promise<void> = Promise.resolve()
  #deadline: NodeJS.Timeout | undefined
  #ending: Promise<void> | undefined
  /** Another node with the same key goes on with it. */
  #deposed = false

  constructor(components: OwnedProjectComponents, init: OwnedProjectInit) {
    this.projectId = init.projectId
    this.#components = components
    this.#init = init
    this.#job = init.job
    this.#timestampsMs = init.timestampsMs
    this.#verifier = createVerifier({
      ...components,
      peerId: components.signer.peerId,
      workDir: join(init.workDir, 'again'),
      drawRecheck: components.trust.drawRecheck
    })
    this.#beats = createBeats(components, () => this.#state)
    const { encoderBuild: build, builds } = this.#view.announce
    const making = { self: components.signer.peerId, build, builds, probe: init.job.probe }
    this.#state = createOwnerState(init.projectId, init.epoch, init.timing, making, init.spec.encoder.passes)
  }

  get job(): OwnedJob {
    return this.#job
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

  /** Goes on from what the log holds: at the beginning, or after a restart. */
  async start(): Promise<void> {
    const { leases, guard } = this.#components
    this.hold(guard.state === 'disk-full')
    await mkdir(this.#init.workDir, { recursive: true, mode: 0o700 })
    const lost = new Set<number>()
    for (const { plan, accepted } of this.#view.scenes) {
      const whole = accepted != null && (await this.#components.blobs.check(accepted.result))
      if (accepted != null && !whole)
        this.#components.log.warn(
          { projectId: this.projectId, scene: plan.index },
          'an accepted scene is lost or damaged, encoding it again'
        )
      if (!whole && !(await this.#components.blobs.check(plan.piece))) lost.add(plan.index)
      const like = accepted == null ? undefined : (accepted.maker ?? ownerAsMaker(this.#state.making))
      this.dispatch({ type: 'scene', frames: plan.frames, accepted: whole, ready: !lost.has(plan.index), like })
    }
    for (const lease of await leases.all(this.projectId))
      this.dispatch({
        type: 'restored',
        token: lease,
        worker: lease.worker,
        maker: lease.maker ?? ownerAsMaker(this.#state.making)
      })
    this.#components.history.resumed(this.#state)
    const planned = this.#view.planned != null
    if (planned && this.#timestampsMs != null && lost.size === 0) this.dispatch({ type: 'planned' })
    else this.#inBackground(async () => this.#prepare(lost))
    this.#beats.start()
  }

  dispatch(event: EventWithoutTime): void {
    if (this.#deposed) return
    const timed = { ...event, nowMs: monotonicMs() } as OwnerEvent
    const step = stepOwner(this.#state, timed)
    this.#components.history.step(this.#state, step.state, timed, step.effects)
    this.#state = step.state
    this.#beats.touch()
    for (const effect of step.effects) {
      this.#effects = this.#effects
        .then(async () => this.#perform(effect))
        .catch((error: unknown) => this.#broken(error))
    }
    this.#setDeadline()
  }

  /** A claim, with the envelope that a grant has to contain. */
  claim(worker: string, claim: LeaseClaim, envelope: Uint8Array, claimant: Claimant): void {
    const { claimId, prefetch, encoderBuild: build, probe } = claim
    this.#claims.set(claimId, envelope)
    this.dispatch({ type: 'claim', worker, claimId, prefetch, build, probe, ...claimant })
  }

  /** Hands nothing out while `on`. */
  hold(on: boolean): void {
    if (this.#state.held !== on) this.dispatch({ type: 'hold', on })
  }

  leasesOf(worker: string): number {
    let count = 0
    for (const scene of this.#state.leased)
      count += this.#state.scenes[scene]?.leases.filter((lease) => lease.worker === worker).length ?? 0
    return count
  }

  /** Whether a result with this hash is on its way into the log. */
  verifies(sha256: string): boolean {
    return this.#checking.has(sha256)
  }

  async setPriority(priority: number): Promise<void> {
    await this.#append({ type: 'update', priority })
  }

  /** Ends the project; what was held for it goes. Once it ends, later calls wait for that. */
  async end(state: EndState, reason: string, output?: EndOutput): Promise<void> {
    return (this.#ending ??= this.#end(state, reason, output))
  }

  async #end(state: EndState, reason: string, output?: EndOutput): Promise<void> {
    clearTimeout(this.#deadline)
    this.#stopped.abort(new Error(reason === '' ? 'the project has ended' : reason))
    await Promise.allSettled(this.#background)
    // A removal leaves nothing of them in the view.
    const { scenes } = this.#view
    await this.#append({
      type: 'end',
      end: {
        state,
        reason: clipText(reason, LIMITS.reasonCharsMax),
        outputSha256: output?.sha256 ?? '',
        outputBytes: output?.bytes ?? 0,
        endedAtMs: Date.now()
      }
    })
    this.dispatch({ type: 'ended' })
    await this.#cleanUp(scenes)
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

  /** Again from the beginning when the disk was full on the way: what was announced by then has to come out the same, as after a restart. */
  async #prepare(lost: Set<number>): Promise<void> {
    await stepWhenFull(this.#components.guard, async () => this.#prepareOnce(lost), this.#stopped.signal)
    this.dispatch({ type: 'planned' })
  }

  async #prepareOnce(lost: Set<number>): Promise<void> {
    const { guard, own } = this.#components
    const folder = join(this.#init.workDir, 'prepare')
    await freshFolder(folder)
    const known = this.#view.scenes.length
    const end = await prepareProject({
      projectId: this.projectId,
      job: this.#job,
      workDir: folder,
      book: this.#components.book,
      blobs: this.#components.blobs,
      analyses: this.#components.analyses,
      skipPiece: (index) => index < known && !lost.has(index),
      announce: async (scenes) => {
        await this.#append({ type: 'scenes', scenes })
        for (const plan of scenes) this.dispatch({ type: 'scene', frames: plan.frames, accepted: false, ready: true })
      },
      onWarning: (sentence) => this.#warn(sentence),
      onPiece: (scene) => {
        lost.delete(scene)
        this.dispatch({ type: 'ready', scene })
      },
      whenThereIsSpace: async () => guard.whenThereIsSpace(this.#stopped.signal),
      signal: this.#stopped.signal
    })
    this.#timestampsMs = end.timestampsMs
    this.#job = { ...this.#job, kept: end.kept, film: end.film }
    await own.put({ projectId: this.projectId, job: this.#job, timestampsMs: end.timestampsMs })
    if (this.#view.planned == null) await this.#append({ type: 'planned', scenes: end.scenes, frames: end.frames })
    await removeFolder(folder)
  }

  /** Stored with the job when the analysis ends: a restart before that hears it again. */
  #warn(sentence: string): void {
    const { warnings = [] } = this.#job
    if (warnings.includes(sentence)) return
    this.#job = { ...this.#job, warnings: [...warnings, sentence] }
    this.#components.log.warn({ projectId: this.projectId, warning: sentence }, 'a warning about the source')
  }

  async #perform(effect: OwnerEffect): Promise<void> {
    if (this.#deposed) return undefined
    const { send, trust } = this.#components
    switch (effect.type) {
      case 'grant':
        return this.#grant(effect)
      case 'no-work':
        this.#claims.delete(effect.claimId)
        send(effect.worker, effect)
        return undefined
      case 'probe':
        this.#inBackground(async () => this.#probe())
        return undefined
      case 'wake':
        send(effect.worker, { type: 'wake', projectId: this.projectId })
        return undefined
      case 'revoke':
      case 'settled':
        await this.#forgetLease(effect.token)
        send(effect.worker, effect)
        return undefined
      case 'verify':
        this.#inBackground(async () => this.#verify(effect.result, effect.provable))
        return undefined
      case 'accept':
        return this.#accept(effect.result)
      case 'book':
        trust.note(effect.worker, effect.what)
        return undefined
      case 'join':
        this.#inBackground(async () => this.#join())
        return undefined
      case 'end':
        if (effect.state === 'failed') this.#endLater('failed', effect.reason)
        return undefined
      default:
        return assertNever(effect)
    }
  }

  async #grant(effect: Extract<OwnerEffect, { type: 'grant' }>): Promise<void> {
    const { signer, leases, gossip, send, log } = this.#components
    const { token, worker, claimId, ttlMs, hardMs } = effect
    const holders = effect.holders.slice(0, LIMITS.holdersMax)
    const claim = this.#claims.get(claimId)
    this.#claims.delete(claimId)
    if (claim == null) return
    const envelope = await signer.sign(
      'grant',
      encodeGrant({ claim, scene: token.scene, epoch: token.epoch, attempt: token.attempt, ttlMs, hardMs, holders })
    )
    // Only a help after a restart: the worker shows the grant itself.
    await leases
      .put({ ...token, worker, maker: effect.maker })
      .catch((error: unknown) => log.warn({ projectId: this.projectId, err: error }, 'a lease was not noted'))
    send(worker, { type: 'grant', envelope })
    await gossip.publish('leases', envelope)
  }

  /** What this node's encoder makes of the probe clip, which others are compared with. Kept with the job, since the encoder may be another after a restart. */
  async #probe(): Promise<void> {
    const { probes, own, log } = this.#components
    const { signal } = this.#stopped
    const { announce } = this.#view
    for (let tries = 1; ; tries += 1) {
      try {
        const { build, probe } = await probes.make(announce, () => true, signal)
        if (!sameBuild(build, announce.encoderBuild)) throw new Error(`the encoder here is ${build} now`)
        this.#job = { ...this.#job, probe }
        await own.put({ projectId: this.projectId, job: this.#job, timestampsMs: this.#timestampsMs })
        this.dispatch({ type: 'probed', probe })
        return
      } catch (error) {
        if (signal.aborted) return
        log.warn({ projectId: this.projectId, err: error }, 'the probe of a project failed: others get no scenes of it')
        // Without its own build a node goes on with what others have begun.
        if (!(error instanceof MediaError)) return
        if (tries === PROBE_TRIES) throw error
        await pause(PROBE_PAUSE_MS * 2 ** tries, undefined, { signal, ref: false }).catch(() => {})
      }
    }
  }

  async #verify(result: PendingResult, provable: boolean): Promise<void> {
    const scene = this.#view.scenes[result.token.scene]
    if (scene == null) return
    const expected = {
      spec: this.#init.spec,
      plan: scene.plan,
      sha256: scene.accepted?.result.sha256,
      header: this.#state.making.probe?.header,
      provable
    }
    this.#checking.add(result.blob.sha256)
    const verdict = await this.#verifier.verify(result, expected, this.#stopped.signal)
    if (verdict.ok) this.#psnr.set(result.token.scene, verdict.psnr)
    else {
      this.#checking.delete(result.blob.sha256)
      this.#components.log.warn(
        { projectId: this.projectId, scene: result.token.scene, worker: result.worker },
        'a result was refused'
      )
    }
    this.dispatch({
      type: 'verified',
      scene: result.token.scene,
      ok: verdict.ok,
      blamed: !verdict.ok && verdict.blamed,
      unproven: !verdict.ok && verdict.unproven === true,
      reason: verdict.ok ? '' : clipText(verdict.reason, LIMITS.reasonCharsMax)
    })
  }

  async #accept({ token, blob, worker, encodeMs, quantiser, maker }: PendingResult): Promise<void> {
    // Accepted before, then lost here and encoded again to the same bytes: the receipt stands.
    if (this.#view.scenes[token.scene]?.accepted == null) {
      await this.#append({
        type: 'accept',
        accept: {
          scene: token.scene,
          result: blob,
          worker,
          epoch: token.epoch,
          attempt: token.attempt,
          encodeMs,
          quantiser,
          maker
        }
      })
    }
    this.#checking.delete(blob.sha256)
    this.#components.history.accepted(token, worker, this.#psnr.get(token.scene))
    this.#psnr.delete(token.scene)
    await this.#forgetLease(token)
    const piece = this.#view.scenes[token.scene]?.plan.piece.sha256
    // A lost scene that is encoded again still shares its piece, although the log counts it as accepted.
    const shared = this.#view.scenes.some(
      ({ plan }, index) => plan.piece.sha256 === piece && this.#state.scenes[index]?.accepted !== true
    )
    if (piece != null && !shared) await this.#forget(piece)
  }

  async #join(): Promise<void> {
    const { spec, workDir } = this.#init
    const { signal } = this.#stopped
    const joined = await stepWhenFull(
      this.#components.guard,
      async () =>
        joinScenes({
          view: this.#view,
          job: this.#job,
          spec,
          blobs: this.#components.blobs,
          timestampsMs: this.#timestampsMs ?? [],
          workDir: joinFolder(workDir),
          signal
        }),
      signal
    )
    this.#endLater('completed', '', joined)
  }

  /** From inside background work, which `end` waits for. */
  #endLater(state: EndState, reason: string, output?: EndOutput): void {
    this.end(state, reason, output).catch((error: unknown) =>
      this.#components.log.error({ projectId: this.projectId, err: error }, 'ending the project failed')
    )
  }

  async #append(body: Parameters<LogBook['append']>[2]): Promise<void> {
    const { book, gossip } = this.#components
    const envelope = await book.append(this.projectId, this.#init.epoch, body)
    await gossip.publish('log', envelope)
  }

  async #forgetLease(token: Token): Promise<void> {
    const { leases, log } = this.#components
    await leases
      .delete(token)
      .catch((error: unknown) => log.warn({ projectId: this.projectId, err: error }, 'a lease was not forgotten'))
  }

  #inBackground(task: () => Promise<void>): void {
    const running = task()
      .catch((error: unknown) => this.#broken(error))
      .finally(() => this.#background.delete(running))
    this.#background.add(running)
  }

  async #forget(sha256: string): Promise<void> {
    const { blobs, isOwnBlob } = this.#components
    if (!isOwnBlob(sha256)) await blobs.delete(sha256)
  }

  /** Something on the way failed for good: the project fails with its reason, unless it is only being stopped. */
  #broken(error: unknown): void {
    if (this.#stopped.signal.aborted) return
    const reason = error instanceof Error ? error.message : String(error)
    this.#components.log.error(
      { projectId: this.projectId, err: error, stderr: error instanceof MediaError ? error.stderrTail : undefined },
      'the project failed'
    )
    this.#endLater('failed', reason)
  }

  async #cleanUp(scenes: ProjectView['scenes']): Promise<void> {
    const { own, leases, guard } = this.#components
    for (const { plan, accepted } of scenes) {
      await this.#forget(plan.piece.sha256)
      if (accepted != null) await this.#forget(accepted.result.sha256)
    }
    clearTimeout(this.#deadline)
    await removeUnfinished(this.#init.job.output, joinFolder(this.#init.workDir)).catch(() => {})
    await removeFolder(this.#init.workDir)
    await leases.clear(this.projectId).catch(() => {})
    const done = { projectId: this.projectId, job: this.#job, timestampsMs: undefined }
    await retryWhenFull(guard, async () => own.put(done))
  }

  #setDeadline(): void {
    clearTimeout(this.#deadline)
    const at = nextDeadlineMs(this.#state)
    if (!Number.isFinite(at) || this.#stopped.signal.aborted) return
    this.#deadline = setTimeout(
      () => this.dispatch({ type: 'tick' }),
      Math.min(Math.max(0, at - monotonicMs()) + 1, 0x7fffffff)
    )
    this.#deadline.unref()
  }
}
