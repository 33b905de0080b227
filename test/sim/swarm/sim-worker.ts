import {
  createWorkerState,
  encodeClaim,
  isFetched,
  isGrantedBy,
  isRenewalDue,
  jobKey,
  mayUseBuild,
  needsProbe,
  projectsOver,
  stepWorker,
  workerEventOf,
  type Announce,
  type BlobRef,
  type Job,
  type PendingClaim,
  type ScenePlan,
  type SessionMessage,
  type ToldJob,
  type WorkerEffect,
  type WorkerEvent,
  type WorkerState
} from '../../../src/swarm/protocol/index.ts'
import { ProtocolError } from '../../../src/swarm/protocol/errors.ts'
import { encodedScene } from './film.ts'
import type { Host } from './host.ts'
import { openSimLease } from './keys.ts'
import type { WorkerChange } from './out-of-turn.ts'
import { SimAhead } from './sim-ahead.ts'
import type { SimBlobs } from './sim-blobs.ts'
import type { SimLog } from './sim-log.ts'
import type { SimSession, SimSessions } from './sim-sessions.ts'
import { assertNever } from '../../../src/common/assert-never.ts'

const TICK_MS = 1000
const PLAN_WAIT_MS = 15_000
const LINK_MS = 2000
/** Steps of one pass that are reported. */
const STEPS = 8
/** How often a frozen encode looks whether it runs again. */
const STANDS_MS = 1000
const FIRST_PASS = 0.15

export interface SimWorkerInit {
  readonly slots: number
  readonly queue: number
  /** Milliseconds of its own clock that a frame takes in one slot. */
  readonly msPerFrame: number
  /** Probability that an encode fails. */
  readonly failures: number
}

export interface SimWorkerParts {
  readonly host: Host
  readonly log: SimLog
  readonly blobs: SimBlobs
  readonly sessions: SimSessions
  /** Whom this node works for. */
  readonly worksFor: (owner: string) => boolean
  readonly pull: (peer: string) => void
}

interface JobFiles {
  readonly grant: Uint8Array
  readonly holders: readonly string[]
  /** Ends what runs for the job. */
  cancel: () => void
  encoding: boolean
  told: ToldJob | undefined
  encodeMs: number
}

/** The worker role of a simulated node: the real rules over simulated sessions, transfers and encoders. */
export class SimWorker {
  state: WorkerState
  readonly #parts: SimWorkerParts
  readonly #init: SimWorkerInit
  readonly #ahead: SimAhead
  readonly #links = new Map<string, SimSession>()
  readonly #claims = new Map<string, number>()
  readonly #files = new Map<string, JobFiles>()
  readonly #probing = new Set<string>()
  /** Projects whose probe is made. */
  readonly #probed = new Set<string>()

  constructor(parts: SimWorkerParts, init: SimWorkerInit) {
    this.#parts = parts
    this.#init = init
    this.state = createWorkerState(init.slots, init.queue)
    this.#ahead = new SimAhead(parts.host, (job) => this.#described(job))
  }

  start(): void {
    if (this.#init.slots === 0) return
    this.#recall()
    this.refresh()
    const tick = (): void => {
      this.#dispatch({ type: 'tick', nowMs: this.#nowMs })
      this.#renewDue()
      this.#parts.host.scope.after(TICK_MS, tick)
    }
    tick()
    const link = (): void => {
      this.#openLinks()
      this.#parts.host.scope.after(LINK_MS, link)
    }
    link()
  }

  freeze(on: boolean): void {
    this.#dispatch({ type: 'freeze', on, nowMs: this.#nowMs })
  }

  hold(on: boolean): void {
    this.#dispatch({ type: 'hold', on })
  }

  /** Something about projects or connections changed. */
  refresh(): void {
    if (this.#init.slots === 0) return
    const { log, worksFor } = this.#parts
    for (const projectId of projectsOver(this.state, (id) => log.view(id)))
      this.#dispatch({ type: 'project-ended', projectId })
    const candidates = [...log.views()]
      .filter((view) => view.end == null && view.fork == null && worksFor(view.owner))
      .filter((view) => mayUseBuild(view.announce, this.#parts.host.maker.build))
      .map(({ projectId, owner, priority, announce }) => ({
        projectId,
        owner,
        priority,
        createdAtMs: announce.createdAtMs,
        slotsMax: this.#init.slots,
        probed: this.#isProbed(projectId, owner, announce)
      }))
    this.#dispatch({ type: 'candidates', candidates })
    this.#openLinks()
  }

  #isProbed(projectId: string, owner: string, { encoderBuild: build }: Announce): boolean {
    const { id, maker, probeMs, scope } = this.#parts.host
    if (probeMs === 0 || !needsProbe({ self: owner, build }, id, maker.build)) return true
    if (!this.#probing.has(projectId)) {
      this.#probing.add(projectId)
      scope.after(probeMs, () => {
        this.#probed.add(projectId)
        this.refresh()
      })
    }
    return this.#probed.has(projectId)
  }

  get encoding(): string[] {
    return [...this.state.jobs.values()].filter((job) => job.stage === 'encoding').map((job) => job.token.projectId)
  }

  get #nowMs(): number {
    return this.#parts.host.scope.monotonicMs()
  }

  #openLinks(): void {
    const owners = new Set([
      ...this.state.candidates.map((candidate) => candidate.owner),
      ...[...this.state.jobs.values()].map((job) => job.owner)
    ])
    for (const [owner, session] of this.#links) if (!owners.has(owner)) session.close()
    for (const owner of owners) {
      if (this.#links.has(owner)) continue
      const session = this.#parts.sessions.open(owner)
      if (session != null) this.#onSession(owner, session)
    }
  }

  #onSession(owner: string, session: SimSession): void {
    this.#links.set(owner, session)
    session.onMessage = (message) => this.#onMessage(owner, message)
    session.onClose = () => {
      if (this.#links.get(owner) === session) this.#links.delete(owner)
      this.#dispatch({ type: 'session-closed', owner })
    }
    this.#dispatch({ type: 'session-opened', owner })
  }

  #dispatch(event: WorkerEvent): void {
    const before = this.state
    const { state, effects } = stepWorker(before, event)
    this.state = state
    for (const effect of effects) this.#perform(effect, { before, state })
    this.#ahead.look(this.state)
  }

  /** What has to outlive this run of a scene that is taken ahead. */
  #described(job: Job) {
    const files = this.#files.get(job.key)
    const plan = this.#planOf(job)
    if (files == null) return undefined
    const result =
      job.stage !== 'delivering' || plan == null
        ? undefined
        : { sha256: this.#encoded(plan).sha256, encodeMs: files.encodeMs }
    return { grant: Buffer.from(files.grant).toString('base64'), result }
  }

  #recall(): void {
    const all = this.#ahead.recall((sha256) => this.#parts.blobs.has(sha256))
    for (const { key, grant, result, event } of all) {
      const envelope = new Uint8Array(Buffer.from(grant, 'base64'))
      this.#files.set(key, { ...filesOf(envelope), encodeMs: result?.encodeMs ?? 0 })
      this.#dispatch(event)
    }
  }

  #perform(effect: WorkerEffect, change: WorkerChange): void {
    switch (effect.type) {
      case 'claim':
        this.#claim(effect.claimNo, effect.claim)
        return
      case 'fetch':
        this.#fetch(effect.job)
        return
      case 'encode':
        this.#encode(effect.job, change)
        return
      case 'deliver':
        this.#deliver(effect.job)
        return
      case 'present':
        this.#present(effect.job)
        return
      case 'renew':
        this.#renew(effect.job)
        return
      case 'release':
        this.#send(effect.job.owner, {
          type: 'release',
          token: effect.job.token,
          kind: effect.kind,
          reason: effect.reason
        })
        return
      case 'discard':
        this.#discard(effect.job)
        return
      case 'drained':
        return
      default:
        assertNever(effect)
    }
  }

  #send(owner: string, message: SessionMessage): boolean {
    const session = this.#links.get(owner)
    session?.send(message)
    return session != null
  }

  #claim(claimNo: number, { owner, projectId, prefetch }: PendingClaim): void {
    const { host, log } = this.#parts
    const claimId = host.random.hex(32)
    this.#claims.set(claimId, claimNo)
    const { build: encoderBuild, probe: made } = host.maker
    const isOwn = log.view(projectId)?.owner === host.id
    const probe = isOwn || !(host.probeMs === 0 || this.#probed.has(projectId)) ? undefined : made
    host.observer.onClaimed(host, claimId, isOwn || probe != null)
    const { slots } = this.#init
    const claim = encodeClaim({ projectId, owner, claimId, encoderBuild, probe, prefetch, slots })
    this.#send(owner, { type: 'claim', envelope: host.key.sign('claim', claim) })
  }

  #onMessage(owner: string, message: SessionMessage): void {
    if (message.type === 'grant') {
      try {
        this.#onGrant(owner, message.envelope)
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error
      }
    } else {
      const event = workerEventOf(owner, message, (claimId) => this.#endClaim(claimId))
      if (event != null) this.#dispatch(event)
    }
  }

  #endClaim(claimId: string): number | undefined {
    const claimNo = this.#claims.get(claimId)
    this.#claims.delete(claimId)
    return claimNo
  }

  #present({ owner, key }: Job): void {
    const files = this.#files.get(key)
    if (files != null) this.#send(owner, { type: 'present', envelope: files.grant })
  }

  #onGrant(owner: string, envelope: Uint8Array): void {
    const { host } = this.#parts
    const lease = openSimLease(envelope)
    if (!isGrantedBy(lease, { owner, worker: host.id })) return
    const { grant, claim, token } = lease
    const claimNo = this.#endClaim(claim.claimId)
    if (claimNo == null) return
    this.#files.set(jobKey(token), filesOf(envelope))
    const { ttlMs, hardMs } = grant
    this.#dispatch({ type: 'granted', owner, claimNo, token, ttlMs, hardMs, nowMs: this.#nowMs })
  }

  #fetch(job: Job): void {
    const { host, blobs } = this.#parts
    const files = this.#files.get(job.key)
    if (files == null) return
    const began = this.#nowMs
    const fail = (reason: string): void => this.#dispatch({ type: 'failed', key: job.key, declined: true, reason })
    const look = (): void => {
      if (this.#files.get(job.key) !== files) return
      const plan = this.#planOf(job)
      if (plan == null) {
        this.#parts.pull(job.owner)
        if (this.#nowMs - began > PLAN_WAIT_MS) fail('the plan did not come')
        else host.scope.after(1000, look)
        return
      }
      files.cancel = blobs.fetch(plan.piece, [job.owner, ...files.holders], (fetched) => {
        if (fetched) this.#dispatch({ type: 'fetched', key: job.key, nowMs: this.#nowMs })
        else fail('the piece could not be fetched')
      })
    }
    look()
  }

  #planOf({ token }: Job): ScenePlan | undefined {
    return this.#parts.log.view(token.projectId)?.scenes[token.scene]?.plan
  }

  #encode(job: Job, change: WorkerChange): void {
    const { host } = this.#parts
    const files = this.#files.get(job.key)
    const plan = this.#planOf(job)
    if (files == null || plan == null) return
    const totalMs = plan.frames * this.#init.msPerFrame
    const fails = host.random.chance(this.#init.failures)
    const failsAt = host.random.int(2 * STEPS)
    const began = this.#nowMs
    files.encoding = true
    host.observer.onEncodeBegun(host, job, change)
    let step = 0
    let stopped = false
    files.cancel = () => {
      stopped = true
    }
    let stoodMs = 0
    const advance = (): void => {
      if (stopped) return
      if (this.state.frozenAtMs !== undefined) {
        stoodMs += STANDS_MS
        host.scope.after(STANDS_MS, advance)
        return
      }
      step += 1
      if (fails && step > failsAt) {
        this.#encodeOver(job, files, this.#nowMs - began, 'failed')
        this.#dispatch({ type: 'failed', key: job.key, declined: false, reason: 'the encoder failed' })
        return
      }
      const pass = step <= STEPS ? 1 : 2
      const frames = Math.floor((plan.frames * (pass === 1 ? step : step - STEPS)) / STEPS)
      this.#dispatch({ type: 'progress', key: job.key, pass, frames })
      if (step < 2 * STEPS) host.scope.after(stepMs(step < STEPS ? 1 : 2, totalMs), advance)
      else this.#finish(job, files, plan, this.#nowMs - began - stoodMs)
    }
    host.scope.after(stepMs(1, totalMs), advance)
  }

  #finish(job: Job, files: JobFiles, plan: ScenePlan, encodeMs: number): void {
    files.encodeMs = encodeMs
    this.#encodeOver(job, files, encodeMs, 'done')
    this.#parts.blobs.put(this.#encoded(plan).sha256, () => {
      if (this.#files.get(job.key) === files) this.#dispatch({ type: 'encoded', key: job.key })
    })
  }

  #encoded(plan: ScenePlan): BlobRef {
    return encodedScene(plan, this.#parts.host.maker.probe.frames)
  }

  #encodeOver(job: Job, files: JobFiles, ranMs: number, how: 'done' | 'failed' | 'aborted'): void {
    if (!files.encoding) return
    files.encoding = false
    this.#parts.host.observer.onEncodeOver(this.#parts.host, job, ranMs, how)
  }

  #deliver(job: Job): void {
    const plan = this.#planOf(job)
    if (plan == null) return
    const encodeMs = this.#files.get(job.key)?.encodeMs ?? 0
    this.#send(job.owner, { type: 'result', token: job.token, blob: this.#encoded(plan), encodeMs })
  }

  #renew(job: Job): void {
    const files = this.#files.get(job.key)
    if (files == null) return
    const fetched = isFetched(job) && (!job.ahead || this.#ahead.isKept(job.key))
    const { token, pass, frames, paused } = job
    const sent = this.#send(job.owner, { type: 'renew', token, pass, frames, paused, fetched })
    files.told = { atMs: this.#nowMs, pass, frames, paused, fetched }
    if (sent) this.#dispatch({ type: 'renewed', key: job.key, nowMs: this.#nowMs })
  }

  #renewDue(): void {
    for (const job of this.state.jobs.values()) {
      const files = this.#files.get(job.key)
      if (files == null || job.stage === 'delivering') continue
      if (isRenewalDue(job, files.told, this.#nowMs, this.#parts.host.random.next())) this.#renew(job)
    }
  }

  #discard(job: Job): void {
    const files = this.#files.get(job.key)
    if (files == null) return
    this.#files.delete(job.key)
    files.cancel()
    this.#encodeOver(job, files, 0, 'aborted')
    const plan = this.#planOf(job)
    const { host, log, blobs } = this.#parts
    if (plan != null && log.view(job.token.projectId)?.owner !== host.id) {
      blobs.delete(plan.piece.sha256)
      blobs.delete(this.#encoded(plan).sha256)
    }
  }
}

function filesOf(envelope: Uint8Array): JobFiles {
  const { holders } = openSimLease(envelope).grant
  return { grant: envelope, holders, cancel: () => {}, encoding: false, told: undefined, encodeMs: 0 }
}

function stepMs(pass: number, totalMs: number): number {
  return ((pass === 1 ? FIRST_PASS : 1 - FIRST_PASS) * totalMs) / STEPS
}
