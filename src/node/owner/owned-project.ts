import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { errorText } from '../../common/error-text.ts'
import { type AnalysisCache, MediaError, planKept, removeUnfinished } from '../../encode/index.ts'
import { retryWhenFull } from '../../storage/index.ts'
import { stepWhenFull, type SpaceWatch } from '../disk/step-when-full.ts'
import { monotonicMs } from '../../common/clock.ts'
import { freshFolder, removeFolder } from '../disk/folders.ts'
import { createBeats, type BeatsComponents } from './beats.ts'
import { joinFolder, joinScenes } from './joining.ts'
import { mountOf } from './output-mount.ts'
import { keptProject } from './kept-job.ts'
import { troubleCode, troubleReason } from './join-trouble.ts'
import { prepareProject } from './preparation.ts'
import { checkSource, createSourceCheck, SourceError, fileStampOf } from './source-identity.ts'
import { createVerifier } from './verification.ts'
import {
  createOwnerState,
  encodeGrant,
  ownerAsMaker,
  clipText,
  LIMITS,
  mayReuse,
  nextDeadlineMs,
  stepOwner,
  waitOf,
  type Claimant,
  type EndState,
  type LeaseClaim,
  type Maker,
  type OwnerEffect,
  type OwnerEvent,
  type OwnerInput,
  type OwnerState,
  type PendingResult,
  type ProjectView,
  type ScenePlan,
  type SessionMessage,
  type Timing,
  type Token
} from '../../swarm/protocol/index.ts'
import type { History } from '../history/index.ts'
import { sameBuild, workOf } from '../../encode/rules/index.ts'
import type { EncodeAgain } from './encode-again.ts'
import { type OwnedJob, sceneSearchOf, zoneParams } from './job.ts'
import type { KnownScenes } from './known-scenes.ts'
import type { PreparationLine } from './preparation-line.ts'
import type { ProjectProbes } from '../project-probes.ts'
import type { ProjectSpec } from '../project-spec.ts'
import type { BlobExchange, LogBook } from '../../swarm/index.ts'
import type { BlobHold, BlobStore, LeaseRepository, OwnStore } from '../../storage/index.ts'
import type { TrustBook } from '../peers/trust-book.ts'
import { assertNever } from '../../common/assert-never.ts'

export interface OwnedProjectComponents extends BeatsComponents {
  readonly blobs: BlobStore
  readonly analyses: AnalysisCache
  readonly own: Pick<OwnStore, 'put'>
  readonly leases: LeaseRepository
  readonly guard: SpaceWatch & { readonly state: 'ok' | 'disk-full' }
  readonly trust: Pick<TrustBook, 'note' | 'drawRecheck'>
  readonly encodeAgain: EncodeAgain
  readonly probes: ProjectProbes
  readonly knownScenes: KnownScenes
  readonly exchange: BlobExchange
  readonly history: Pick<History, 'step' | 'accepted' | 'resumed'>
  readonly line: PreparationLine
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
  /** By scene: results that are being checked or are on their way into the log. */
  readonly #checking = new Map<number, BlobHold>()
  /** Scenes whose pieces have to be cut again. */
  readonly #lost = new Set<number>()
  /** By scene: pieces of scenes that were accepted and lost, which the log does not hold any more. */
  readonly #again = new Map<number, BlobHold>()
  /** What was measured of results that are right, until their receipts are in the log. */
  readonly #psnr = new Map<number, number | undefined>()
  #state: OwnerState
  #job: OwnedJob
  #timestampsMs: readonly number[] | undefined
  #effects: Promise<void> = Promise.resolve()
  #deadline: NodeJS.Timeout | undefined
  #ending: Promise<void> | undefined
  #isPreparing = false
  #probedEarly = false
  /** Until the first join of this run: a file with the output's name may be of the run before. */
  #mayBeOurs = true
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
    this.#state = createOwnerState(init.projectId, init.epoch, init.timing, making, workOf(init.spec.encoder.name))
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
    for (const { plan, accepted } of this.#view.scenes) {
      const whole = accepted != null && (await this.#components.blobs.check(accepted.result))
      if (accepted != null && !whole)
        this.#components.log.warn(
          { projectId: this.projectId, scene: plan.index },
          'an accepted scene is lost or damaged; encoding it again'
        )
      if (!whole) {
        const hold = this.#components.blobs.hold(plan.piece.sha256)
        if (!(await this.#components.blobs.check(plan.piece))) this.#lost.add(plan.index)
        this.#holdAgain(plan.index, hold)
      }
      const [ready, like] = [!this.#lost.has(plan.index), this.#makerBefore(plan.index)]
      this.dispatch({ type: 'scene', frames: plan.frames, accepted: whole, ready, like })
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
    if (planned && this.#timestampsMs != null && this.#lost.size === 0) this.dispatch({ type: 'planned' })
    else this.#inBackground(async () => this.#prepare())
    this.#beats.start()
  }

  dispatch(event: OwnerInput): void {
    if (this.#deposed) return
    const timed: OwnerEvent = { ...event, nowMs: monotonicMs() }
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
    if (event.type !== 'renew' && event.type !== 'turn') this.#components.line.look()
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

  /** A worker gives a scene back. [RULE 56] Before that is held against anybody the owner reads its own piece. */
  async release(worker: string, message: Extract<SessionMessage, { type: 'release' }>): Promise<void> {
    const { scene: index, epoch, attempt } = message.token
    const scene = this.#state.scenes[index]
    const isHeld = scene?.leases.some(
      (lease) => lease.worker === worker && lease.epoch === epoch && lease.attempt === attempt
    )
    const plan = this.#view.scenes[index]?.plan
    const isSuspect = message.kind !== 'left' && isHeld === true && plan != null
    const isKnown = this.#lost.has(index)
    if (!isSuspect || (!isKnown && (await this.#components.blobs.check(plan.piece)))) {
      this.dispatch({ ...message, worker })
      return
    }
    if (!isKnown) this.#losePiece(index)
    this.dispatch({ ...message, kind: 'left', worker })
  }

  /** Tries again what waits, now. @returns false when nothing does. */
  retry(): boolean {
    if (waitOf(this.#state) == null) return false
    this.dispatch({ type: 'retry' })
    return true
  }

  /** Another place for the finished file. @param losses sentences about what it does not say as the source does @returns false while the file is being written. */
  async setOutput(output: string, overwrite: boolean, losses: readonly string[]): Promise<boolean> {
    if (this.#state.phase === 'joining' && waitOf(this.#state) == null) return false
    const { own, guard } = this.#components
    await removeUnfinished(this.#job.output, joinFolder(this.#init.workDir)).catch(() => {})
    this.#job = { ...this.#job, output, overwrite, outputMount: await mountOf(output) }
    for (const sentence of losses) this.#warn(sentence)
    this.#mayBeOurs = false
    const kept = keptProject(this.projectId, this.#job, this.#timestampsMs)
    await retryWhenFull(guard, async () => own.put(kept))
    this.retry()
    return true
  }

  leasesOf(worker: string): number {
    let count = 0
    for (const scene of this.#state.leased)
      count += this.#state.scenes[scene]?.leases.filter((lease) => lease.worker === worker).length ?? 0
    return count
  }

  async setPriority(priority: number): Promise<void> {
    await this.#append({ type: 'update', priority })
    this.#components.line.look()
  }

  /** Waits for its turn to be prepared: films of this node come before it, or with undefined none do. */
  setTurn(before: number | undefined): void {
    if (this.#state.before !== before) this.dispatch({ type: 'turn', before })
  }

  /** Ends the project; what was held for it goes. Once it ends, later calls wait for that. */
  async end(state: EndState, reason: string, output?: EndOutput): Promise<void> {
    return (this.#ending ??= this.#end(state, reason, output))
  }

  async #end(state: EndState, reason: string, output?: EndOutput): Promise<void> {
    clearTimeout(this.#deadline)
    this.#stopped.abort(new Error(reason === '' ? 'the project has ended' : reason))
    await Promise.allSettled(this.#background)
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
    await this.#cleanUp()
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

  /** Once at a time, when it is its turn: what is lost while it runs is cut in another round. */
  async #prepare(): Promise<void> {
    if (this.#isPreparing) return
    this.#isPreparing = true
    const { sourceSamples, source } = this.#job
    const turn = this.#components.line.enter(this.projectId, this.#view.planned != null, this.#stopped.signal)
    let status: string | undefined
    try {
      turn.askWhetherQuick(async () => this.#isAllKnown())
      await turn.come
      status = await fileStampOf(source.path)
      do {
        const before = new Set(this.#lost)
        const came = new Set<number>()
        await this.#prepareChecked(came)
        if ([...this.#lost].some((scene) => before.has(scene) && !came.has(scene)))
          throw new Error('could not cut a lost source piece again')
      } while (this.#lost.size > 0)
      this.dispatch({ type: 'planned' })
    } catch (error) {
      this.#stopped.signal.throwIfAborted()
      const gone = await checkSource(source, sourceSamples).catch((found: unknown) => found)
      // What fails on the very source that was submitted would fail again; one that was away meanwhile is another matter.
      const isSame = gone == null && status === (await fileStampOf(source.path))
      if (isSame && !(error instanceof SourceError)) throw error
      this.#trouble('prepare', gone ?? error)
    } finally {
      this.#isPreparing = false
      turn.end()
    }
  }

  /** Whether a kept analysis says that all of its scenes were encoded before, so that no worker is needed. */
  async #isAllKnown(): Promise<boolean> {
    const { analyses, knownScenes } = this.#components
    const { announce } = this.#view
    const job = this.#job
    const scenes = await planKept({ ...sceneSearchOf(job), cache: analyses }, { signal: this.#stopped.signal })
    if (scenes == null) return false
    return scenes.every(({ frames, inputHash, zone }) => {
      const part = { frames, inputHash, encoderParams: zoneParams(job, zone) }
      return knownScenes(announce, part).length > 0
    })
  }

  /** Again from the beginning when the disk was full on the way: what was announced by then has to come out the same, as after a restart. */
  async #prepareChecked(came: Set<number>): Promise<void> {
    const { sourceSamples, source } = this.#job
    await checkSource(source, sourceSamples)
    await stepWhenFull(this.#components.guard, async () => this.#prepareOnce(came), this.#stopped.signal)
  }

  /** @param came gets the scenes whose lost pieces are here again, which may be lost once more before it ends */
  async #prepareOnce(came: Set<number>): Promise<void> {
    const lost = this.#lost
    const { guard, line, own } = this.#components
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
      confirm: createSourceCheck(this.#job),
      announce: async (scenes) => {
        await this.#append({ type: 'scenes', scenes })
        for (const plan of scenes) {
          const accepted = await this.#acceptKnown(plan)
          this.dispatch({ type: 'scene', frames: plan.frames, accepted, ready: true })
        }
      },
      onWarning: (sentence) => this.#warn(sentence),
      onPiece: (scene, hold) => {
        lost.delete(scene)
        came.add(scene)
        this.#holdAgain(scene, hold)
        this.dispatch({ type: 'ready', scene })
      },
      beforePiece: async () => line.mayCut(this.projectId, this.#stopped.signal),
      whenThereIsSpace: async () => guard.whenThereIsSpace(this.#stopped.signal),
      signal: this.#stopped.signal
    })
    // A source that changed on the way gives no film, whatever was read of it.
    await checkSource(this.#job.source, this.#job.sourceSamples)
    this.#timestampsMs = end.timestampsMs
    this.#job = { ...this.#job, kept: end.kept, film: end.film }
    await own.put(keptProject(this.projectId, this.#job, end.timestampsMs))
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
      case 'prepare':
        this.#inBackground(async () => this.#prepare())
        return undefined
      case 'join':
        this.#inBackground(async () => this.#join())
        return undefined
      case 'end':
        this.#endLater(effect.state, effect.reason)
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
      .catch((error: unknown) => log.warn({ projectId: this.projectId, err: error }, 'could not note a lease'))
    send(worker, { type: 'grant', envelope })
    await gossip.publish('leases', envelope)
  }

  /** What this node's encoder makes of the probe clip, which others are compared with. Kept with the job, since the encoder may be another after a restart. */
  async #probe(): Promise<void> {
    const { log } = this.#components
    const { signal } = this.#stopped
    for (let tries = 1; ; tries += 1) {
      try {
        await this.#probeOnce()
        return
      } catch (error) {
        if (signal.aborted) return
        log.warn(
          { projectId: this.projectId, err: error },
          'the probe of a project failed, so other nodes get no scenes of it'
        )
        // Without its own build a node goes on with what others have begun.
        if (!(error instanceof MediaError)) return
        if (tries === PROBE_TRIES) throw error
        await pause(PROBE_PAUSE_MS * 2 ** tries, undefined, { signal, ref: false }).catch(() => {})
      }
    }
  }

  async #probeOnce(): Promise<void> {
    const { probes, own } = this.#components
    const { announce } = this.#view
    const { build, probe } = await probes.make(announce, () => true, this.#stopped.signal)
    if (!sameBuild(build, announce.encoderBuild)) throw new Error(`the encoder here is ${build} now`)
    this.#job = { ...this.#job, probe }
    await own.put(keptProject(this.projectId, this.#job, this.#timestampsMs))
    this.dispatch({ type: 'probed', probe })
  }

  /** Before any other worker is here: what others made earlier can be compared with the own encoder only by its probe. Without it nothing of theirs is used again. */
  async #probeEarly(): Promise<void> {
    if (this.#state.making.probe != null || this.#probedEarly) return
    this.#probedEarly = true
    try {
      await this.#probeOnce()
    } catch (error) {
      this.#stopped.signal.throwIfAborted()
      this.#components.log.warn({ projectId: this.projectId, err: error }, 'the probe of a project failed')
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
    const hold = this.#components.blobs.hold(result.blob.sha256)
    this.#checking.set(result.token.scene, hold)
    const verdict = await this.#verifier.verify(result, expected, this.#stopped.signal)
    if (verdict.ok) this.#psnr.set(result.token.scene, verdict.psnr)
    else {
      this.#checking.delete(result.token.scene)
      await hold.drop()
      if (verdict.pieceLost === true) this.#losePiece(result.token.scene)
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
    // The log holds it from here on.
    this.#checking.get(token.scene)?.release()
    this.#checking.delete(token.scene)
    this.#components.history.accepted(token, worker, this.#psnr.get(token.scene))
    this.#psnr.delete(token.scene)
    await this.#forgetLease(token)
    await this.#again.get(token.scene)?.drop()
    this.#again.delete(token.scene)
  }

  /** The log holds the pieces of scenes that it does not count as accepted. */
  #holdAgain(scene: number, hold: BlobHold): void {
    if (this.#view.scenes[scene]?.accepted == null || this.#again.has(scene)) hold.release()
    else this.#again.set(scene, hold)
  }

  async #join(): Promise<void> {
    const { blobs, guard } = this.#components
    const { spec, workDir } = this.#init
    const { signal } = this.#stopped
    const mayBeOurs = this.#mayBeOurs
    this.#mayBeOurs = false
    try {
      await guard.whenThereIsSpace(signal)
      const joined = await joinScenes({
        view: this.#view,
        job: this.#job,
        spec,
        blobs,
        timestampsMs: this.#timestampsMs ?? [],
        workDir: joinFolder(workDir),
        mayBeOurs,
        signal
      })
      this.#endLater('completed', '', joined)
    } catch (error) {
      signal.throwIfAborted()
      if (troubleCode('join', error) === 'join-failed' && (await this.#loseDamaged())) return
      this.#trouble('join', error)
    }
  }

  #trouble(step: 'prepare' | 'join', error: unknown): void {
    const { log } = this.#components
    const stderr = error instanceof MediaError ? error.stderrTail : undefined
    log.warn({ projectId: this.projectId, step, err: error, stderr }, 'the project waits')
    const reason = clipText(troubleReason(step, error, this.projectId), LIMITS.reasonCharsMax)
    this.dispatch({ type: 'trouble', step, code: troubleCode(step, error), reason })
  }

  /** Has every accepted scene made again whose file is missing or damaged. @returns whether there was one. */
  async #loseDamaged(): Promise<boolean> {
    const { blobs, log } = this.#components
    let count = 0
    for (const { plan, accepted } of this.#view.scenes) {
      this.#stopped.signal.throwIfAborted()
      if (accepted == null || (await blobs.check(accepted.result))) continue
      log.warn(
        { projectId: this.projectId, scene: plan.index },
        'an accepted scene is lost or damaged; encoding it again'
      )
      this.#losePiece(plan.index)
      count += 1
    }
    return count > 0
  }

  /** Of the receipt of a scene, which stands when its file is lost; undefined where there is none. */
  #makerBefore(scene: number): Maker | undefined {
    const accepted = this.#view.scenes[scene]?.accepted
    return accepted == null ? undefined : (accepted.maker ?? ownerAsMaker(this.#state.making))
  }

  /** The piece of a scene that has to be encoded is not here (any more): it is cut again. */
  #losePiece(scene: number): void {
    this.#lost.add(scene)
    this.dispatch({ type: 'lost', scene, ready: false, like: this.#makerBefore(scene) })
    this.#inBackground(async () => this.#prepare())
  }

  /** A scene that was encoded before, in another project of this node, is not encoded again. @returns whether it is accepted now. */
  async #acceptKnown(plan: ScenePlan): Promise<boolean> {
    const { blobs, knownScenes } = this.#components
    const candidates = knownScenes(this.#view.announce, plan)
    if (candidates.some(({ maker }) => maker.probe !== '')) await this.#probeEarly()
    const known = candidates.find(({ maker }) => mayReuse(this.#state.making, maker))
    if (known == null) return false
    const hold = blobs.hold(known.result.sha256)
    try {
      if (!(await blobs.check(known.result))) return false
      const { result, worker, encodeMs, quantiser, maker } = known
      // No attempt of this project: tokens begin at 1.
      const { epoch } = this.#init
      const accept = { scene: plan.index, result, worker, epoch, attempt: 0, encodeMs, quantiser, maker }
      await this.#append({ type: 'accept', accept })
      return true
    } finally {
      hold.release()
    }
  }

  /** From inside background work, which `end` waits for. */
  #endLater(state: EndState, reason: string, output?: EndOutput): void {
    this.end(state, reason, output).catch((error: unknown) =>
      this.#components.log.error({ projectId: this.projectId, err: error }, 'could not end the project')
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
      .catch((error: unknown) => log.warn({ projectId: this.projectId, err: error }, 'could not forget a lease'))
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
    const reason = errorText(error)
    this.#components.log.error(
      { projectId: this.projectId, err: error, stderr: error instanceof MediaError ? error.stderrTail : undefined },
      'the project failed'
    )
    this.#endLater('failed', reason)
  }

  async #cleanUp(): Promise<void> {
    const { own, leases, guard } = this.#components
    await this.#dropHolds()
    clearTimeout(this.#deadline)
    await removeUnfinished(this.#job.output, joinFolder(this.#init.workDir)).catch(() => {})
    await removeFolder(this.#init.workDir)
    await leases.clear(this.projectId).catch(() => {})
    const done = keptProject(this.projectId, this.#job, undefined)
    await retryWhenFull(guard, async () => own.put(done))
  }

  async #dropHolds(): Promise<void> {
    const holds = [...this.#checking.values(), ...this.#again.values()]
    this.#checking.clear()
    this.#again.clear()
    await Promise.all(holds.map(async (hold) => hold.drop()))
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
