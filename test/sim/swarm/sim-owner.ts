import {
  answerWithoutProject,
  beatIntervalMs,
  beginCheck,
  checkClaim,
  checkShown,
  createJudge,
  createOwnerState,
  encodeGrant,
  epochAfter,
  expectedOf,
  fitBeat,
  heldMs,
  highestEpoch,
  isFullyAccepted,
  isHeldAgainst,
  isTokenMessage,
  isUnfinished,
  leasesOf,
  makerOfClaim,
  makerOfReceipt,
  nextDeadlineMs,
  noSuchProject,
  noteTrust,
  receiptOf,
  standingOf,
  stepCheck,
  sharesAhead,
  stepOwner,
  summarise,
  verifiedBy,
  withdrawalOf,
  type CheckFact,
  type CheckStep,
  type Claimant,
  type Judge,
  type LeaseClaim,
  type OwnerEffect,
  type OwnerEvent,
  type OwnerInput,
  type OwnerState,
  type PendingResult,
  type ProjectView,
  type ProofDraw,
  type ScenePlan,
  type SessionMessage,
  type Token,
  type TrustLedger,
  type Verdict
} from '../../../src/swarm/protocol/index.ts'
import { ProtocolError } from '../../../src/swarm/protocol/errors.ts'
import { deriveProjectId } from '../../../src/swarm/signer.ts'
import type { Random } from '../engine/random.ts'
import type { Timer } from '../engine/world.ts'
import type { Film } from './film.ts'
import { encodedScene, joinedFile, lookAt } from './film.ts'
import type { Host } from './host.ts'
import { openSimClaim, openSimLease } from './keys.ts'
import type { SimBlobs } from './sim-blobs.ts'
import type { SimLog } from './sim-log.ts'
import type { SimSession } from './sim-sessions.ts'
import { assertNever } from '../../../src/common/assert-never.ts'

/** Whoever was cut off at the end hears of it by this. */
const BEAT_AFTER_END_MS = 10 * 60_000
const RECOVER_MS = 5000
const SETTLE_MS = 1000
const VERIFY_MS = 300
const JOIN_MS = 2000
const PREPARE_MS = 400
const LONG_PROOF_MS = 60_000
/** Of the results of others that are proved. */
const PROOFS = 0.25
/** Probability that the file cannot be written for now. */
const TROUBLE = 0.25
const REDIAL_MS = 2500
const REDIALS = 2

export interface SimOwnerParts {
  readonly host: Host
  readonly log: SimLog
  readonly blobs: SimBlobs
  /** Whether this node has reason to trust the peer as a worker. */
  readonly isKnown: (peer: string) => boolean
  /** How long it encodes a scene again that it proves. */
  readonly proofMs: number
  /** Ask every neighbour for what it has. */
  readonly pullAll: () => void
  /** Whether an exchange with a neighbour was finished in this run. */
  readonly hasPulled: () => boolean
  readonly redial: (peer: string, done: (status: 'connected' | 'refused' | 'unreachable') => void) => void
}

/** The owner role of a simulated node: the real rules over simulated sessions, disk and video. */
export class SimOwner {
  trust: TrustLedger = new Map()
  readonly projects = new Map<string, SimProject>()
  readonly sessions = new Map<string, SimSession>()
  /** 0 until the epoch of this run is on disk. */
  epoch = 0
  readonly parts: SimOwnerParts
  readonly #held: (() => void)[] = []

  constructor(parts: SimOwnerParts) {
    this.parts = parts
  }

  get #unfinished(): string[] {
    const { disk } = this.parts.host
    return disk.files
      .keys('job/')
      .map((key) => key.slice(4))
      .filter((projectId) => isUnfinished(this.parts.log.view(projectId)))
  }

  /** Takes its epoch; with unfinished projects only after it asked its neighbours what it may have lost. */
  start(hasNeighbours: boolean): void {
    const { scope } = this.parts.host
    if (this.#unfinished.length === 0 || !hasNeighbours) {
      this.#takeEpoch()
      return
    }
    this.parts.log.recovering = true
    const began = scope.monotonicMs()
    const look = (): void => {
      const waitedMs = scope.monotonicMs() - began
      if (waitedMs < RECOVER_MS && !this.parts.hasPulled()) scope.after(200, look)
      else {
        this.parts.pullAll()
        scope.after(SETTLE_MS, () => {
          this.parts.log.recovering = false
          this.#takeEpoch()
        })
      }
    }
    scope.after(200, look)
  }

  #takeEpoch(): void {
    const { host, log } = this.parts
    const seen = highestEpoch(host.id, log.views(), (projectId) => log.beats.get(projectId)?.beat.epoch)
    const stored = host.disk.files.read('epoch')
    const epoch = epochAfter(stored == null ? undefined : Number(Buffer.from(stored).toString()), seen)
    host.disk.files.write('epoch', new Uint8Array(Buffer.from(String(epoch))), { sync: true }, (error) => {
      if (error != null) {
        host.scope.after(1000, () => this.#takeEpoch())
        return
      }
      this.epoch = epoch
      host.observer.onEpoch(host.id, epoch)
      for (const projectId of this.#unfinished) this.#open(projectId)
      for (const task of this.#held.splice(0)) task()
    })
  }

  /** Runs the task once the epoch is there. */
  #whenReady(task: () => void): void {
    if (this.epoch === 0) this.#held.push(task)
    else task()
  }

  submit(film: Film): void {
    this.#whenReady(() => {
      const { host, log, blobs } = this.parts
      const nonce = host.random.hex(32)
      const projectId = deriveProjectId(host.id, nonce)
      host.observer.onSubmitted(host.id, projectId, film)
      host.disk.files.write(`job/${projectId}`, new Uint8Array([1]), { sync: true }, (error) => {
        if (error != null) return
        log.append(projectId, this.epoch, { type: 'announce', announce: { ...film.announce, nonce } }, () => {
          this.#open(projectId)
        })
      })
      void blobs
    })
  }

  setPriority(projectId: string, priority: number): void {
    this.projects.get(projectId)?.append({ type: 'update', priority })
  }

  end(projectId: string, state: 'cancelled' | 'removed'): void {
    this.projects.get(projectId)?.end(state, '', '')
  }

  hold(on: boolean): void {
    for (const project of this.projects.values()) project.dispatch({ type: 'hold', on })
  }

  /** Its machine is going to sleep. */
  away(forMs: number): void {
    for (const project of this.projects.values()) project.dispatch({ type: 'away', forMs })
  }

  back(awayMs: number): void {
    for (const project of this.projects.values()) project.dispatch({ type: 'back', awayMs })
  }

  /** Every worker has what it gets, and the pieces of it. */
  isReadyToSleep(): boolean {
    return [...this.projects.values()].every(({ state }) => {
      const shares = sharesAhead(state)
      return shares.length > 0 && shares.every(({ ready }) => ready)
    })
  }

  depose(projectId: string): void {
    this.projects.get(projectId)?.depose()
    this.projects.delete(projectId)
  }

  accept(session: SimSession): void {
    const before = this.sessions.get(session.peer)
    this.sessions.set(session.peer, session)
    before?.close()
    session.onMessage = (message) => this.#whenReady(() => this.#onMessage(session, message))
    session.onClose = () => this.#onClose(session)
    for (const project of this.projects.values()) project.dispatch({ type: 'connected', worker: session.peer })
  }

  send(worker: string, message: SessionMessage): void {
    this.sessions.get(worker)?.send(message)
  }

  book(worker: string, what: 'accepted' | 'refused' | 'missed'): void {
    const { host, isKnown } = this.parts
    const nowMs = host.scope.monotonicMs()
    this.trust = noteTrust(this.trust, { worker, what, nowMs }, host.timing, isKnown(worker))
    host.observer.onTrust(host.id, worker, this.trust)
  }

  /** A worker was caught by one of the projects. */
  distrust(worker: string, reason: string, by: string): void {
    for (const project of this.projects.values())
      if (project.projectId !== by) project.enqueue((done) => project.withdraw(worker, reason, done))
  }

  #open(projectId: string): void {
    const view = this.parts.log.view(projectId)
    if (view == null) return
    this.parts.host.observer.onOpened(projectId)
    const project = new SimProject(this, view, this.epoch)
    this.projects.set(projectId, project)
    for (const worker of this.sessions.keys()) project.dispatch({ type: 'connected', worker })
    project.start()
  }

  #claimant(worker: string, projectId: string): Claimant {
    const known = this.parts.isKnown(worker)
    const others = [...this.projects.values()].filter((project) => project.projectId !== projectId)
    const leasesElsewhere = others.reduce((sum, project) => sum + leasesOf(project.state, worker), 0)
    const nowMs = this.parts.host.scope.monotonicMs()
    const workElsewhereMs = others.reduce((sum, project) => sum + heldMs(project.state, worker, nowMs), 0)
    const range = known ? '' : rangeOf(worker)
    return { ...standingOf(this.trust, worker, known), known, range, leasesElsewhere, workElsewhereMs }
  }

  #onMessage(session: SimSession, message: SessionMessage): void {
    if (this.sessions.get(session.peer) !== session) return
    const worker = session.peer
    try {
      if (message.type === 'claim') this.#onClaim(session, message.envelope)
      else if (message.type === 'present') this.#onPresent(worker, message.envelope)
      else if (isTokenMessage(message)) {
        const project = this.projects.get(message.token.projectId)
        const answer = project == null ? answerWithoutProject(message) : undefined
        if (answer != null) session.send(answer)
        else if (message.type === 'release') project?.release(worker, message)
        else project?.dispatch({ ...message, worker } as OwnerInput)
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
    }
  }

  #onClaim(session: SimSession, envelope: Uint8Array): void {
    const claim = checkClaim(openSimClaim(envelope), { worker: session.peer, owner: this.parts.host.id })
    const project = this.projects.get(claim.projectId)
    if (project == null) {
      session.send(noSuchProject(claim.claimId))
      return
    }
    project.claim(session.peer, claim, envelope, this.#claimant(session.peer, claim.projectId))
  }

  #onPresent(worker: string, envelope: Uint8Array): void {
    const { token, claim } = checkShown(openSimLease(envelope), { worker, owner: this.parts.host.id })
    this.projects.get(token.projectId)?.dispatch({ type: 'restored', token, worker, maker: makerOfClaim(claim) })
  }

  #onClose(session: SimSession): void {
    if (this.sessions.get(session.peer) !== session) return
    this.sessions.delete(session.peer)
    for (const project of this.projects.values()) project.dispatch({ type: 'disconnected', worker: session.peer })
    if (session.peer === this.parts.host.id) return
    this.#redial(session.peer)
  }

  /** A second connection with the same peer may be as dead as the first: a redial that found one is no answer until a session follows. */
  #redial(peer: string, triesLeft = REDIALS): void {
    this.parts.redial(peer, (status) => {
      if (status !== 'connected')
        for (const project of this.projects.values())
          project.dispatch({ type: 'redial-failed', worker: peer, refused: status === 'refused' })
      else if (triesLeft > 0)
        this.parts.host.scope.after(REDIAL_MS, () => {
          if (!this.sessions.has(peer)) this.#redial(peer, triesLeft - 1)
        })
    })
  }
}

/** Strangers of the simulation sit in a few address ranges. */
function rangeOf(peer: string): string {
  return `range ${(peer.codePointAt(peer.length - 1) ?? 0) % 3}`
}

/** One project of a simulated owner. */
export class SimProject {
  readonly projectId: string
  state: OwnerState
  readonly #owner: SimOwner
  readonly #epoch: number
  readonly #claims = new Map<string, Uint8Array>()
  readonly #effects: ((done: () => void) => void)[] = []
  readonly #luck: Random
  readonly #draws: Random
  #judge: Judge
  /** By scene: who proved a result, until its receipt is in the log. */
  readonly #provedBy = new Map<number, string>()
  /** By scene: proofs that a worker may do first. */
  readonly #proving = new Map<number, (by: string) => void>()
  #working = false
  #deadline: Timer | undefined
  #beatNo = 0
  #over = false
  #endedAtMs = Infinity

  constructor(owner: SimOwner, view: ProjectView, epoch: number) {
    this.#owner = owner
    this.#epoch = epoch
    this.projectId = view.projectId
    const { id, timing, random } = owner.parts.host
    this.#luck = random.fork(`joins of ${view.projectId}`)
    this.#draws = random.fork(`proofs of ${view.projectId}`)
    this.#judge = createJudge(id)
    const { encoderBuild: build, builds } = view.announce
    this.state = createOwnerState(view.projectId, epoch, timing, { self: id, build, builds, probe: undefined })
  }

  get #host(): Host {
    return this.#owner.parts.host
  }

  get #view(): ProjectView | undefined {
    return this.#owner.parts.log.view(this.projectId)
  }

  start(): void {
    const { host, blobs } = this.#owner.parts
    if (host.disk.full) this.dispatch({ type: 'hold', on: true })
    for (const { plan, accepted } of this.#view?.scenes ?? []) {
      const whole = accepted != null && blobs.has(accepted.result.sha256)
      const ready = blobs.has(plan.piece.sha256)
      this.dispatch({
        type: 'scene',
        frames: plan.frames,
        accepted: whole,
        ready,
        like: makerOfReceipt(this.state.making, accepted)
      })
      if (!ready && !whole) this.#cutAgain(plan)
    }
    for (const key of host.disk.level.keys(`lease/${this.projectId}/`)) {
      const [scene, epoch, attempt, worker, build = '', probe = ''] = Buffer.from(host.disk.level.read(key) ?? [])
        .toString()
        .split(' ')
      const token = { projectId: this.projectId, scene: Number(scene), epoch: Number(epoch), attempt: Number(attempt) }
      this.dispatch({ type: 'restored', token, worker: worker ?? '', maker: { build, probe } })
    }
    if (this.#view?.planned == null) this.#prepare()
    else this.dispatch({ type: 'planned' })
    this.#beat()
  }

  stop(): void {
    this.#over = true
    this.#endedAtMs = this.#host.scope.monotonicMs()
    this.#deadline?.cancel()
  }

  /** Somebody else writes this project: not a word more. */
  depose(): void {
    this.stop()
    this.#endedAtMs = -Infinity
  }

  dispatch(event: OwnerInput): void {
    if (this.#endedAtMs === -Infinity) return
    const { host } = this.#owner.parts
    const before = this.state
    const timed: OwnerEvent = { ...event, nowMs: host.scope.monotonicMs() }
    const step = stepOwner(before, timed)
    this.state = step.state
    host.observer.onOwnerStep(host, before, timed, step)
    for (const effect of step.effects) this.enqueue((done) => this.#perform(effect, done))
    this.#setDeadline()
  }

  claim(worker: string, claim: LeaseClaim, envelope: Uint8Array, claimant: Claimant): void {
    const { claimId, prefetch, encoderBuild: build, probe, slots } = claim
    this.#claims.set(claimId, envelope)
    this.dispatch({ type: 'claim', worker, claimId, prefetch, build, probe, slots, ...claimant })
  }

  append(body: Parameters<SimLog['append']>[2]): void {
    this.enqueue((done) => this.#append(body, done))
  }

  end(state: 'completed' | 'failed' | 'cancelled' | 'removed', reason: string, outputSha256: string): void {
    this.enqueue((done) => {
      const view = this.#view
      const isHasty = view != null && state === 'completed' && !isFullyAccepted(view)
      if (this.#over || view == null || view.end != null || isHasty) {
        done()
        return
      }
      const end = { state, reason, outputSha256, outputBytes: 0, endedAtMs: this.#host.scope.wallMs() }
      this.#append({ type: 'end', end: { ...end, endedAtMs: Math.max(0, end.endedAtMs) } }, () => {
        this.dispatch({ type: 'ended' })
        this.#beat()
        this.#host.observer.onEnded(this.#host.id, this.projectId, state, outputSha256)
        // Once revocations and verdicts of the end are out.
        this.enqueue((last) => {
          this.stop()
          last()
        })
        done()
      })
    })
  }

  #append(body: Parameters<SimLog['append']>[2], done: () => void): void {
    if (this.#over || this.#view?.fork != null || (this.#view?.end != null && body.type !== 'end')) {
      done()
      return
    }
    this.#owner.parts.log.append(this.projectId, this.#epoch, body, done)
  }

  /** Cuts the pieces one after the other and announces them in groups. */
  #prepare(): void {
    const { host, blobs } = this.#owner.parts
    const film = host.observer.filmOf(this.projectId)
    const cut = (): void => {
      if (this.#over) return
      const known = this.#view?.scenes.length ?? 0
      const plans = film.plans.slice(known, known + film.groups)
      if (plans.length === 0) {
        const frames = film.plans.reduce((sum, plan) => sum + plan.frames, 0)
        this.enqueue((done) =>
          this.#append({ type: 'planned', scenes: film.plans.length, frames }, () => {
            this.dispatch({ type: 'planned' })
            done()
          })
        )
        return
      }
      let left = plans.length
      for (const plan of plans) {
        blobs.put(plan.piece.sha256, () => {
          left -= 1
          if (left > 0) return
          this.enqueue((done) =>
            this.#append({ type: 'scenes', scenes: plans }, () => {
              for (const one of plans)
                this.dispatch({ type: 'scene', frames: one.frames, accepted: false, ready: true })
              done()
              host.scope.after(PREPARE_MS, cut)
            })
          )
        })
      }
    }
    host.scope.after(PREPARE_MS, cut)
  }

  /** The source is still there, so a lost piece is no loss. */
  #cutAgain(plan: ScenePlan): void {
    const { host, blobs } = this.#owner.parts
    host.scope.after(PREPARE_MS, () =>
      blobs.put(plan.piece.sha256, () => this.dispatch({ type: 'ready', scene: plan.index }))
    )
  }

  #perform(effect: OwnerEffect, done: () => void): void {
    switch (effect.type) {
      case 'grant':
        this.#grant(effect)
        done()
        return
      case 'no-work':
        this.#claims.delete(effect.claimId)
        this.#send(effect.worker, effect)
        done()
        return
      case 'probe':
        this.#probe()
        done()
        return
      case 'wake':
        this.#send(effect.worker, { type: 'wake', projectId: this.projectId })
        done()
        return
      case 'away':
        this.#send(effect.worker, { type: 'away', projectId: this.projectId, forMs: effect.forMs })
        done()
        return
      case 'revoke':
        this.#forgetLease(effect.token)
        this.#send(effect.worker, { type: 'revoke', token: effect.token, reason: effect.reason })
        done()
        return
      case 'settled':
        this.#forgetLease(effect.token)
        this.#host.observer.onSettled(this.#host, effect)
        this.#send(effect.worker, effect)
        done()
        return
      case 'book':
        this.#owner.book(effect.worker, effect.what)
        done()
        return
      case 'verify':
        this.#verify(effect.result, effect.provable)
        done()
        return
      case 'accept':
        this.#accept(effect.result, done)
        return
      case 'distrust':
        this.#owner.distrust(effect.worker, effect.reason, this.projectId)
        this.withdraw(effect.worker, effect.reason, done)
        return
      case 'confirmed':
        this.#proving.get(effect.scene)?.(effect.by)
        done()
        return
      case 'prepare':
        done()
        return
      case 'join':
        this.#join()
        done()
        return
      case 'end':
        this.end(effect.state, effect.reason, '')
        done()
        return
      default:
        assertNever(effect)
    }
  }

  #probe(): void {
    const { maker, probeMs, scope } = this.#host
    const tell = (): void => this.dispatch({ type: 'probed', probe: maker.probe })
    if (probeMs === 0) tell()
    else scope.after(probeMs, tell)
  }

  #grant({ token, worker, claimId, ttlMs, hardMs, holders, maker }: Extract<OwnerEffect, { type: 'grant' }>): void {
    const claim = this.#claims.get(claimId)
    this.#claims.delete(claimId)
    if (claim == null) return
    const { host } = this.#owner.parts
    const { scene, epoch, attempt } = token
    const envelope = host.key.sign('grant', encodeGrant({ claim, scene, epoch, attempt, ttlMs, hardMs, holders }))
    host.observer.onGranted(host.id, { token, worker, claimId, envelope })
    const value = new Uint8Array(Buffer.from(`${scene} ${epoch} ${attempt} ${worker} ${maker.build} ${maker.probe}`))
    host.disk.level.write(leaseKey(token), value, {})
    this.#send(worker, { type: 'grant', envelope })
  }

  #verify(result: PendingResult, provable: boolean): void {
    const view = this.#view
    const scene = view?.scenes[result.token.scene]
    if (view == null || scene == null) return
    const { plan } = scene
    this.#check(beginCheck(this.#judge, result, expectedOf(view, scene, this.state.making, result, provable)), plan)
  }

  /** Carries out what the check of a result asks for, until there is a verdict. */
  #check({ judge, check, task }: CheckStep, plan: ScenePlan): void {
    this.#judge = judge
    const found = (fact: CheckFact): void => this.#check(stepCheck(this.#judge, check, fact), plan)
    const { host, blobs } = this.#owner.parts
    const { blob, worker } = check.result
    switch (task.type) {
      case 'look':
        blobs.fetch(blob, [worker], (fetched) => {
          if (!fetched) found({ type: 'not-fetched', reason: 'gone' })
          else
            host.scope.after(VERIFY_MS, () =>
              found({ type: 'looked', ...lookAt(plan, blob), draw: this.#draw(worker) })
            )
        })
        return
      case 'encode':
        this.#prove(plan, task.alone, found)
        return
      case 'reread':
        found({ type: 'reread', isWhole: blobs.has(task.what === 'piece' ? plan.piece.sha256 : blob.sha256) })
        return
      case 'judged':
        this.#judged(check.result, task.verdict, plan)
        return
      default:
        assertNever(task)
    }
  }

  /** The owner encodes the scene again; where help may come sooner, it takes long itself. */
  #prove(plan: ScenePlan, alone: boolean, found: (fact: CheckFact) => void): void {
    const { host, proofMs } = this.#owner.parts
    const { index } = plan
    const { proofAloneMs } = host.timing
    const once = (fact: CheckFact): void => {
      if (this.#proving.delete(index)) found(fact)
    }
    const isLong = !alone && proofAloneMs < proofMs
    this.#proving.set(index, (by) => once({ type: 'confirmed', by }))
    host.scope.after(isLong ? LONG_PROOF_MS : proofMs, () =>
      once({ type: 'encoded', sha256: encodedScene(plan, host.maker.probe.frames).sha256 })
    )
    if (isLong) host.scope.after(proofAloneMs, () => this.#askForHelp(index))
  }

  #askForHelp(scene: number): void {
    if (this.#proving.has(scene)) this.dispatch({ type: 'proof-wanted', scene })
  }

  #judged({ token }: PendingResult, verdict: Verdict, plan: ScenePlan): void {
    if (verdict.ok && verdict.provedBy !== undefined) this.#provedBy.set(token.scene, verdict.provedBy)
    if (!verdict.ok && verdict.pieceLost === true) this.#losePiece(plan)
    this.dispatch(verifiedBy(token.scene, verdict))
  }

  #draw(worker: string): ProofDraw {
    const { trust, parts } = this.#owner
    return { ledger: trust, isKnown: parts.isKnown(worker), share: PROOFS, luck: this.#draws.next() }
  }

  /** What the worker delivered and nobody proved is made again. */
  withdraw(worker: string, reason: string, done: () => void): void {
    const taken = this.#view == null ? undefined : withdrawalOf(this.#view, worker, reason)
    const plans = this.#view?.scenes.map(({ plan }) => plan) ?? []
    if (taken == null) {
      done()
      return
    }
    this.#append({ type: 'withdraw', withdraw: taken.withdraw }, () => {
      for (const scene of taken.scenes) this.#losePiece(plans[scene]!)
      done()
    })
  }

  #accept(result: PendingResult, done: () => void): void {
    const { scene } = result.token
    const provedBy = this.#provedBy.get(scene)
    this.#provedBy.delete(scene)
    const receipt = this.#view == null ? undefined : receiptOf(this.#view, result, provedBy)
    if (receipt == null) done()
    else this.#append({ type: 'accept', accept: receipt }, done)
  }

  #join(): void {
    this.#host.scope.after(JOIN_MS, () => {
      if (this.#luck.chance(TROUBLE)) {
        this.dispatch({ type: 'trouble', step: 'join', code: 'output-unwritable', reason: 'the folder is away' })
        return
      }
      const scenes = this.#view?.scenes ?? []
      const { blobs } = this.#owner.parts
      const segments = scenes.map(({ accepted }) => accepted?.result.sha256 ?? 'missing')
      const lost = scenes.filter(({ accepted }) => !blobs.has(accepted?.result.sha256 ?? ''))
      if (lost.length === 0) this.end('completed', '', joinedFile(segments))
      for (const { plan } of lost) this.#losePiece(plan)
    })
  }

  /** Its result or its piece is not here: both are made again. */
  #losePiece(plan: ScenePlan): void {
    const like = makerOfReceipt(this.state.making, this.#view?.scenes[plan.index]?.accepted)
    this.dispatch({ type: 'lost', scene: plan.index, ready: false, like })
    this.#cutAgain(plan)
  }

  /** Nobody is blamed for what this node's own disk lost. */
  release(worker: string, message: Extract<SessionMessage, { type: 'release' }>): void {
    const plan = this.#view?.scenes[message.token.scene]?.plan
    const isHeld = isHeldAgainst(this.state, worker, message)
    if (plan == null || !isHeld || this.#owner.parts.blobs.has(plan.piece.sha256)) {
      this.dispatch({ ...message, worker })
      return
    }
    this.#losePiece(plan)
    this.dispatch({ ...message, kind: 'left', worker })
  }

  #send(worker: string, message: SessionMessage): void {
    this.#owner.send(worker, message)
  }

  #forgetLease(token: Token): void {
    this.#host.disk.level.delete(leaseKey(token), {})
  }

  #beat(): void {
    const { host, log } = this.#owner.parts
    const { statuses, leases, failures } = summarise(this.state)
    this.#beatNo += 1
    const beat = {
      projectId: this.projectId,
      epoch: this.#epoch,
      beatNo: this.#beatNo,
      state: this.state.phase === 'open' ? ('encoding' as const) : ('ended' as const),
      sceneStates: statuses,
      leases,
      fps: 0,
      failures,
      seq: this.#view?.head.seq ?? 0
    }
    const { payload } = fitBeat(beat)
    const envelope = host.key.sign('beat', payload)
    log.ingestBeat(envelope, host.id)
    log.publish(this.projectId, 'beats', envelope)
    if (host.scope.monotonicMs() - this.#endedAtMs > BEAT_AFTER_END_MS) return
    host.scope.after(Math.max(host.beatMs, beatIntervalMs(envelope.byteLength)), () => this.#beat())
  }

  /** One effect after the other: what has to be durable is, before the next is carried out. */
  enqueue(task: (done: () => void) => void): void {
    this.#effects.push(task)
    this.#next()
  }

  #next(): void {
    if (this.#working) return
    const task = this.#effects.shift()
    if (task == null) return
    this.#working = true
    task(() => {
      this.#working = false
      this.#next()
    })
  }

  #setDeadline(): void {
    this.#deadline?.cancel()
    this.#deadline = undefined
    const at = nextDeadlineMs(this.state)
    if (this.#over || !Number.isFinite(at)) return
    const { scope } = this.#host
    this.#deadline = scope.after(Math.max(0, at - scope.monotonicMs()) + 1, () => this.dispatch({ type: 'tick' }))
  }
}

function leaseKey({ projectId, scene, epoch, attempt }: Token): string {
  return `lease/${projectId}/${scene}/${epoch}/${attempt}`
}
