import { mkdir } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { joinProject, MediaError, type JoinedFile } from '../../encode/run/index.ts'
import { monotonicMs } from '../clock.ts'
import { prepareProject, removeFolder } from './preparation.ts'
import { createRateMeter } from './rate-meter.ts'
import { createVerifier } from './verification.ts'
import {
  assertNever,
  createOwnerState,
  encodeBeat,
  encodeGrant,
  LIMITS,
  nextDeadlineMs,
  stepOwner,
  summarise,
  type Beat,
  type BeatState,
  type EndState,
  type OwnerEffect,
  type OwnerEvent,
  type OwnerState,
  type PendingResult,
  type ProjectView,
  type SessionMessage,
  type Timing
} from '../../swarm/protocol/index.ts'
import type { OwnedJob } from './job.ts'
import type { ProjectSpec } from '../project-spec.ts'
import type { BlobExchange, Gossip, LogBook, Logger, Signer } from '../../swarm/index.ts'
import { hashFile, type BlobStore, type OwnedRepository } from '../../storage/index.ts'

export interface OwnedProjectComponents {
  readonly book: LogBook
  readonly blobs: BlobStore
  readonly owned: OwnedRepository
  readonly exchange: BlobExchange
  readonly gossip: Gossip
  readonly signer: Signer
  readonly log: Logger
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

interface EndOutput {
  readonly sha256: string
  readonly bytes: number
}

type EventWithoutTime = OwnerEvent extends infer E ? (E extends OwnerEvent ? Omit<E, 'nowMs'> : never) : never

/** How often this node's own view is brought up to date while something changes. */
const VIEW_MS = 250
/** How often the others are told, while something changes and while nothing does. */
const BEAT_MS = 1000
const BEAT_IDLE_MS = 10_000
const BEAT_REASON_CHARS = 400

/** Carries out the owner's rules for one project: feeds events in, puts effects into the world, in order. */
export class OwnedProject {
  readonly projectId: string
  readonly #components: OwnedProjectComponents
  readonly #init: OwnedProjectInit
  readonly #stopped = new AbortController()
  readonly #claims = new Map<string, Uint8Array>()
  readonly #rate = createRateMeter()
  readonly #verifier
  readonly #background = new Set<Promise<void>>()
  #state: OwnerState
  #timestampsMs: readonly number[] | undefined
  #effects: Promise<void> = Promise.resolve()
  #deadline: NodeJS.Timeout | undefined
  #beatTimer: NodeJS.Timeout | undefined
  #beatNo = 0
  #beatDirty = false
  /** Something changed that only this node's view shows yet. */
  #beatUntold = false
  #beatAtMs = -Infinity
  #ending: Promise<void> | undefined

  constructor(components: OwnedProjectComponents, init: OwnedProjectInit) {
    this.projectId = init.projectId
    this.#components = components
    this.#init = init
    this.#timestampsMs = init.timestampsMs
    this.#verifier = createVerifier(components)
    this.#state = createOwnerState(init.projectId, init.epoch, init.timing)
  }

  get job(): OwnedJob {
    return this.#init.job
  }

  get #view(): ProjectView {
    const view = this.#components.book.views.get(this.projectId)
    if (view == null) throw new Error(`no log of own project ${this.projectId}`)
    return view
  }

  /** Goes on from what the log holds: at the beginning, or after a restart. */
  async start(): Promise<void> {
    const { owned } = this.#components
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
      this.dispatch({ type: 'scene', frames: plan.frames, accepted: whole, ready: !lost.has(plan.index) })
    }
    for (const lease of await owned.leases(this.projectId))
      this.dispatch({ type: 'restored', token: lease, worker: lease.worker })
    const planned = this.#view.planned != null
    if (planned && this.#timestampsMs != null && lost.size === 0) this.dispatch({ type: 'planned' })
    else this.#inBackground(async () => this.#prepare(lost))
    this.#beat()
  }

  dispatch(event: EventWithoutTime): void {
    const step = stepOwner(this.#state, { ...event, nowMs: monotonicMs() } as OwnerEvent)
    this.#state = step.state
    this.#beatDirty = true
    for (const effect of step.effects) {
      this.#effects = this.#effects
        .then(async () => this.#perform(effect))
        .catch((error: unknown) => this.#broken(error))
    }
    this.#setDeadline()
  }

  /** A claim, with the envelope that a grant has to contain. */
  claim(worker: string, claimId: string, prefetch: boolean, envelope: Uint8Array): void {
    this.#claims.set(claimId, envelope)
    this.dispatch({ type: 'claim', worker, claimId, prefetch })
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
    await this.#append({
      type: 'end',
      end: {
        state,
        reason: reason.slice(0, LIMITS.reasonCharsMax),
        outputSha256: output?.sha256 ?? '',
        outputBytes: output?.bytes ?? 0,
        endedAtMs: Date.now()
      }
    })
    this.dispatch({ type: 'ended' })
    await this.#cleanUp(state)
    this.#beat()
    clearTimeout(this.#beatTimer)
  }

  /** Stops for a restart: nothing is ended. */
  async stop(): Promise<void> {
    this.#stopped.abort(new Error('stopping'))
    clearTimeout(this.#deadline)
    clearTimeout(this.#beatTimer)
    await Promise.allSettled([...this.#background, this.#effects, this.#ending])
  }

  async #prepare(lost: ReadonlySet<number>): Promise<void> {
    const folder = join(this.#init.workDir, 'prepare')
    await removeFolder(folder)
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const known = this.#view.scenes.length
    const end = await prepareProject({
      projectId: this.projectId,
      job: this.#init.job,
      workDir: folder,
      book: this.#components.book,
      blobs: this.#components.blobs,
      skipPiece: (index) => index < known && !lost.has(index),
      announce: async (scenes) => {
        await this.#append({ type: 'scenes', scenes })
        for (const plan of scenes) this.dispatch({ type: 'scene', frames: plan.frames, accepted: false, ready: true })
      },
      onPiece: (scene) => this.dispatch({ type: 'ready', scene }),
      signal: this.#stopped.signal
    })
    this.#timestampsMs = end.timestampsMs
    await this.#components.owned.put({ projectId: this.projectId, job: this.#init.job, timestampsMs: end.timestampsMs })
    if (this.#view.planned == null) await this.#append({ type: 'planned', scenes: end.scenes, frames: end.frames })
    await removeFolder(folder)
    this.dispatch({ type: 'planned' })
  }

  async #perform(effect: OwnerEffect): Promise<void> {
    const { send, owned } = this.#components
    switch (effect.type) {
      case 'grant':
        return this.#grant(effect)
      case 'no-work':
        this.#claims.delete(effect.claimId)
        send(effect.worker, { type: 'no-work', claimId: effect.claimId, reason: effect.reason })
        return undefined
      case 'wake':
        send(effect.worker, { type: 'wake', projectId: this.projectId })
        return undefined
      case 'revoke':
      case 'settled':
        await owned.deleteLease(effect.token)
        send(effect.worker, effect)
        return undefined
      case 'verify':
        this.#inBackground(async () => this.#verify(effect.result))
        return undefined
      case 'accept':
        return this.#accept(effect.result)
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
    const { signer, owned, gossip, send } = this.#components
    const { token, worker, claimId, ttlMs, hardMs } = effect
    const claim = this.#claims.get(claimId)
    this.#claims.delete(claimId)
    if (claim == null) return
    const envelope = await signer.sign(
      'grant',
      encodeGrant({ claim, scene: token.scene, epoch: token.epoch, attempt: token.attempt, ttlMs, hardMs })
    )
    await owned.putLease({ ...token, worker })
    send(worker, { type: 'grant', envelope })
    await gossip.publish('leases', envelope)
  }

  async #verify(result: PendingResult): Promise<void> {
    const scene = this.#view.scenes[result.token.scene]
    if (scene == null) return
    const expected = { spec: this.#init.spec, frames: scene.plan.frames, sha256: scene.accepted?.result.sha256 }
    const verdict = await this.#verifier.verify(result, expected, this.#stopped.signal)
    if (!verdict.ok)
      this.#components.log.warn(
        { projectId: this.projectId, scene: result.token.scene, worker: result.worker },
        'a result was refused'
      )
    this.dispatch({
      type: 'verified',
      scene: result.token.scene,
      ok: verdict.ok,
      blamed: !verdict.ok && verdict.blamed,
      reason: verdict.ok ? '' : verdict.reason.slice(0, LIMITS.reasonCharsMax)
    })
  }

  async #accept({ token, blob, worker, encodeMs }: PendingResult): Promise<void> {
    const { owned, blobs } = this.#components
    // Accepted before, then lost here and encoded again to the same bytes: the receipt stands.
    if (this.#view.scenes[token.scene]?.accepted == null) {
      await this.#append({
        type: 'accept',
        accept: { scene: token.scene, result: blob, worker, epoch: token.epoch, attempt: token.attempt, encodeMs }
      })
    }
    await owned.deleteLease(token)
    const piece = this.#view.scenes[token.scene]?.plan.piece.sha256
    const shared = this.#view.scenes.some(
      ({ plan }, index) => plan.piece.sha256 === piece && this.#state.scenes[index]?.accepted !== true
    )
    if (piece != null && !shared) await blobs.delete(piece)
  }

  async #join(): Promise<void> {
    const { job, spec } = this.#init
    const { blobs } = this.#components
    const folder = join(this.#init.workDir, 'join')
    await removeFolder(folder)
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const segments = this.#view.scenes.map(({ plan, accepted }) => {
      if (accepted == null) throw new Error(`scene ${plan.index + 1} is missing`)
      return { file: blobs.path(accepted.result.sha256), frames: plan.frames }
    })
    const make = async (output: string, overwrite: boolean): Promise<JoinedFile> =>
      joinProject(
        {
          source: job.source,
          encoder: spec.encoder.name,
          segments,
          timestampsMs: this.#timestampsMs ?? [],
          output,
          overwrite,
          workDir: folder,
          onProgress: () => {}
        },
        { signal: this.#stopped.signal }
      )
    try {
      this.#endLater('completed', '', await make(job.output, job.overwrite))
    } catch (error) {
      if (!(error instanceof MediaError) || error.code !== 'output-exists') throw error
      // Killed between the rename and the record of it, this project made the file itself: then it has the same bytes.
      const again = await make(join(folder, `again${extname(job.output)}`), true)
      if ((await hashFile(job.output)) !== again.sha256) throw error
      this.#endLater('completed', '', again)
    }
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

  #inBackground(task: () => Promise<void>): void {
    const running = task()
      .catch((error: unknown) => this.#broken(error))
      .finally(() => this.#background.delete(running))
    this.#background.add(running)
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

  async #cleanUp(state: EndState): Promise<void> {
    const { blobs, owned } = this.#components
    for (const { plan, accepted } of this.#view.scenes) {
      await blobs.delete(plan.piece.sha256)
      if (accepted != null && state !== 'completed') await blobs.delete(accepted.result.sha256)
    }
    clearTimeout(this.#deadline)
    await removeFolder(this.#init.workDir)
    await owned.put({ projectId: this.projectId, job: this.#init.job, timestampsMs: undefined })
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

  /** Says how things stand: often to this node's own view, at most once a second to the others, more rarely while nothing changes. */
  #beat(): void {
    clearTimeout(this.#beatTimer)
    const nowMs = monotonicMs()
    const dueMs = this.#beatAtMs + (this.#beatUntold ? BEAT_MS : BEAT_IDLE_MS)
    const tell = nowMs >= dueMs || this.#state.phase === 'ended'
    if (tell || this.#beatDirty) {
      this.#beatUntold = !tell
      if (tell) this.#beatAtMs = nowMs
      this.#beatDirty = false
      this.#publishBeat(tell).catch((error: unknown) =>
        this.#components.log.warn({ projectId: this.projectId, err: error }, 'beat not sent')
      )
    }
    if (!this.#stopped.signal.aborted) this.#beatTimer = setTimeout(() => this.#beat(), VIEW_MS).unref()
  }

  async #publishBeat(tell: boolean): Promise<void> {
    const { signer, book, gossip } = this.#components
    const { statuses, leases, failures } = summarise(this.#state)
    const running = leases.reduce(
      (sum, lease) => sum + lease.frames + (lease.pass === 2 ? (this.#state.scenes[lease.scene]?.frames ?? 0) : 0),
      0
    )
    const delivered = this.#state.scenes.reduce(
      (sum, scene) => sum + (scene.accepted || scene.results.length > 0 ? scene.frames : 0),
      0
    )
    this.#rate.update(2 * delivered + running, monotonicMs())
    this.#beatNo += 1
    const beat: Beat = {
      projectId: this.projectId,
      epoch: this.#init.epoch,
      beatNo: this.#beatNo,
      state: this.#beatState(),
      sceneStates: statuses,
      leases,
      fps: this.#rate.perSecond(monotonicMs()) / 2,
      failures: failures.map((failure) => ({ ...failure, reason: failure.reason.slice(0, BEAT_REASON_CHARS) }))
    }
    const envelope = await signer.sign('beat', encodeBeat(beat))
    await book.ingestBeat(envelope)
    if (tell) await gossip.publish('beats', envelope)
  }

  #beatState(): BeatState {
    if (this.#state.phase === 'ended') return 'ended'
    if (this.#state.phase === 'joining') return 'joining'
    return this.#state.planned ? 'encoding' : 'analysing'
  }
}
