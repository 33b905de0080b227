import {
  decodeSyncReply,
  decodeSyncRequest,
  jobKey,
  LIMITS,
  unprovedOf,
  type Accept,
  type Job,
  type Ledger,
  type OwnerEffect,
  type OwnerEvent,
  type OwnerState,
  type OwnerStep,
  type ProjectView,
  type Token,
  type TrustLedger
} from '../../../src/swarm/protocol/index.ts'
import type { Disk } from '../engine/disk-types.ts'
import type { World } from '../engine/world.ts'
import { cheaperScene, encodedScene, fileOfOneMachine, joinedFile, type Film } from './film.ts'
import type { Host } from './host.ts'
import { MAKERS, OWNERS } from './makers.ts'
import { openSimBeat, openSimRecord } from './keys.ts'
import { AwayBook } from './away-book.ts'
import { outOfTurn, type WorkerChange } from './out-of-turn.ts'
import { SilenceBook } from './silence-book.ts'
import { keptOn, keptResults } from './sim-ahead.ts'

/** An invariant does not hold. The message begins with its name. */
export class InvariantViolation extends Error {
  readonly invariant: string

  constructor(invariant: string, what: string) {
    super(`${invariant}: ${what}`)
    this.name = 'InvariantViolation'
    this.invariant = invariant
  }
}

export interface ObserverInit {
  readonly world: World
  readonly honest: ReadonlySet<string>
  readonly disks: ReadonlyMap<string, Disk>
  /** The view that a running node has of a project. */
  readonly viewOf: (id: string, projectId: string) => ProjectView | undefined
  /** Whether an honest node has reason to know a peer. Default: it knows all. */
  readonly knows?: (id: string, peer: string) => boolean
}

export interface Submitted {
  readonly projectId: string
  readonly owner: string
  readonly film: Film
  readonly atMs: number
  ended: { readonly state: string; readonly atMs: number } | undefined
  /** It was never announced, or its owner was put back to a time before it: nobody can finish it. */
  lost: boolean
}

export interface ObserverCounts {
  encodes: number
  encodedMs: number
  abortedMs: number
  accepted: number
  grants: number
  /** Encodes that are no waste of the protocol: their node crashed before the owner had said what it thinks of them. */
  crashed: number
  /** The same: their encoder failed, as planned. */
  failed: number
  /** The same: the user ended their project. */
  unwanted: number
  /** Accepted once more, since the owner's disk lost the receipt or the segment. */
  lostAgain: number
}

/** A grant as it goes to its worker. */
export interface SentGrant {
  readonly token: Token
  readonly worker: string
  readonly claimId: string
  readonly envelope: Uint8Array
}

/** Projects that a message of a sync is about. */
function namedIn(kind: 'request' | 'reply', bytes: Uint8Array): string[] {
  if (kind === 'request') return decodeSyncRequest(bytes).heads.map(({ projectId }) => projectId)
  const { records, beats } = decodeSyncReply(bytes)
  return [
    ...records.map((envelope) => openSimRecord(envelope).record.projectId),
    ...beats.map((envelope) => openSimBeat(envelope).beat.projectId)
  ]
}

const SHOWN_GRANTS_MAX = 2000

/** Sees everything in the swarm, which no node can, and compares it with what was promised. It decides nothing and changes nothing. */
export class Observer {
  readonly submitted = new Map<string, Submitted>()
  readonly counts: ObserverCounts = {
    encodes: 0,
    encodedMs: 0,
    abortedMs: 0,
    accepted: 0,
    grants: 0,
    crashed: 0,
    failed: 0,
    unwanted: 0,
    lostAgain: 0
  }
  /** The first grants of all, for those who should not have them. */
  readonly grants: Uint8Array[] = []
  readonly #init: ObserverInit
  readonly #signed = new Map<string, string>()
  /** Hashes of all that honest owners signed. */
  readonly #honestRecords = new Set<string>()
  readonly #results = new Map<string, string>()
  /** Receipts that somebody may have seen: `project/scene` to hash. */
  readonly #visible = new Map<string, Map<number, string>>()
  readonly #grants = new Map<string, { readonly worker: string; readonly claimId: string }>()
  readonly #claims = new Map<string, string>()
  readonly #boots = new Map<string, number>()
  /** The last epoch that a project saw, and in which run of its owner. */
  readonly #epochs = new Map<string, { readonly epoch: number; readonly boot: number }>()
  readonly #seen = new Map<string, { seq: number; accepted: number; withdrawn: number; ended: boolean }>()
  readonly #byHead = new Map<string, string>()
  readonly #owners = new Map<string, string>()
  /** Encoders that run: `node project scene` to its start. */
  readonly #encoders = new Map<string, { readonly id: string; readonly projectId: string; readonly atMs: number }>()
  /** Results that are finished and not settled: `node project scene` to node. */
  readonly #delivering = new Map<string, string>()
  readonly #silence = new SilenceBook()
  readonly #away = new AwayBook()
  /** Results that were refused with blame: `node run worker project scene` */
  readonly #blamed = new Set<string>()
  /** Results that a node had kept when it started: `node project scene` to hash. */
  readonly #kept = new Map<string, string>()
  /** Files that a fault took since their owner began to verify them: `node key`. */
  readonly #taken = new Set<string>()
  #hasClosed = false

  constructor(init: ObserverInit) {
    this.#init = init
  }

  get encoders(): Iterable<{ readonly id: string; readonly projectId: string; readonly atMs: number }> {
    return this.#encoders.values()
  }

  filmOf(projectId: string): Film {
    const submitted = this.submitted.get(projectId)
    if (submitted == null) throw new Error(`nobody submitted ${projectId}`)
    return submitted.film
  }

  onSubmitted(owner: string, projectId: string, film: Film): void {
    this.#hasClosed ||= film.announce.share !== 'all'
    this.submitted.set(projectId, {
      projectId,
      owner,
      film,
      atMs: this.#init.world.nowMs,
      ended: undefined,
      lost: true
    })
  }

  onOpened(projectId: string): void {
    const submitted = this.submitted.get(projectId)
    if (submitted != null) submitted.lost = false
  }

  /** The owner's disk is an old one: what no running node has seen is gone for good. */
  onRestored(id: string): void {
    for (const [projectId, receipts] of this.#visible) {
      if (this.submitted.get(projectId)?.owner !== id) continue
      for (const scene of receipts.keys()) {
        const isKept = [...this.#init.honest].some(
          (other) => other !== id && this.#init.viewOf(other, projectId)?.scenes[scene]?.accepted != null
        )
        if (!isKept) receipts.delete(scene)
      }
    }
  }

  onBoot(id: string): void {
    const files = this.#init.disks.get(id)?.files
    for (const [key, sha256] of files == null ? [] : keptResults(files)) this.#kept.set(`${id} ${key}`, sha256)
    for (const key of this.#seen.keys()) if (key.startsWith(`${id} `)) this.#seen.delete(key)
  }

  onCrash(id: string): void {
    for (const [key, encoder] of this.#encoders) {
      if (encoder.id !== id) continue
      this.#encoders.delete(key)
      this.counts.crashed += 1
    }
    for (const [key, worker] of this.#delivering) {
      if (worker !== id) continue
      this.#delivering.delete(key)
      this.counts.crashed += 1
    }
  }

  onEpoch(id: string, epoch: number): void {
    this.#init.world.trace(id, () => `epoch ${epoch}`)
    this.#boots.set(id, (this.#boots.get(id) ?? 0) + 1)
    for (const [projectId, receipts] of this.#visible) {
      const submitted = this.submitted.get(projectId)
      if (submitted?.owner !== id || submitted.lost) continue
      const view = this.#init.viewOf(id, projectId)
      if (view?.end?.state === 'removed' || view?.fork != null) continue
      for (const [scene, hash] of receipts) {
        const kept = view?.scenes[scene]?.accepted?.result.sha256
        this.#expect(kept === hash, 'S2', `${id} forgot the receipt of scene ${scene} of ${projectId}`)
      }
    }
  }

  /** A record that an honest owner signed, whether or not it will ever be seen. */
  onSigned(id: string, envelope: Uint8Array): void {
    const { record, hash } = openSimRecord(envelope)
    this.#init.world.trace(
      id,
      () => `signs ${short(record.projectId)} #${record.seq} ${record.body.type} (epoch ${record.epoch})`
    )
    this.#checkEpoch(id, record.projectId, record.epoch)
    const key = `${record.projectId}/${record.epoch}/${record.seq}`
    const before = this.#signed.get(key)
    this.#expect(before == null || before === hash, 'S6', `${id} signed two records as ${key}`)
    this.#signed.set(key, hash)
    this.#honestRecords.add(hash)
    if (record.body.type === 'withdraw') this.#takeBack(id, record.projectId, record.body.withdraw.worker)
    if (record.body.type !== 'accept') return
    const { accept } = record.body
    const place = `${record.projectId}/${accept.scene}`
    const result = this.#results.get(place)
    const plan = this.filmOf(record.projectId).plans[accept.scene]
    const mayDiffer = this.#isCompatible(record.projectId) || (plan != null && result === cheaperScene(plan).sha256)
    // A receipt that went with an old disk, unseen by anybody, binds nobody where builds may differ or where it was a lie.
    const isFree = mayDiffer && this.#visible.get(record.projectId)?.has(accept.scene) !== true
    const isOne = result == null || result === accept.result.sha256 || isFree
    this.#expect(isOne, 'S1', `two results were accepted for ${place}`)
    const isDone = this.#init.viewOf(id, record.projectId)?.scenes[accept.scene]?.accepted != null
    this.#expect(!isDone, 'S1', `${id} accepts ${place} once more in the same log`)
    if (result == null) this.counts.accepted += 1
    else this.counts.lostAgain += 1
    this.#results.set(place, accept.result.sha256)
    this.#checkMaker(id, record.projectId, accept)
  }

  /** From here on the receipts of this worker that nobody proved bind nobody. */
  #takeBack(id: string, projectId: string, worker: string): void {
    const view = this.#init.viewOf(id, projectId)
    for (const scene of view == null ? [] : unprovedOf(view, worker)) {
      this.#results.delete(`${projectId}/${scene}`)
      this.#visible.get(projectId)?.delete(scene)
    }
  }

  #isCompatible(projectId: string): boolean {
    return this.filmOf(projectId).announce.builds === 'compatible'
  }

  /** What a receipt names has made the result, and may: in `same` the bytes are the owner's, in `compatible` the header is. */
  #checkMaker(id: string, projectId: string, { scene, result, maker, provedBy }: Accept): void {
    const { announce, plans } = this.filmOf(projectId)
    const plan = plans[scene]
    if (plan != null && result.sha256 === cheaperScene(plan).sha256) {
      this.#expect(provedBy == null, 'S18', `${id} calls a cheaper scene ${scene} of ${projectId} proved`)
      return
    }
    const probe = maker?.probe === '' ? OWNERS.probe.frames : maker?.probe
    const by = MAKERS.find((one) => one.build === maker?.build && one.probe.frames === probe)
    const made = plan == null || by == null ? undefined : encodedScene(plan, by.probe.frames).sha256
    this.#expect(made === result.sha256, 'S16', `${id} names another maker of scene ${scene} of ${projectId}`)
    const isSame = by?.probe.frames === OWNERS.probe.frames
    const fits = announce.builds === 'same' ? isSame : by?.probe.header === OWNERS.probe.header
    this.#expect(
      fits,
      'S16',
      `${id} accepts scene ${scene} of ${projectId} from ${maker?.build}, which may not make it`
    )
  }

  /** From here on others may know of the record. */
  onPublished(id: string, envelope: Uint8Array): void {
    const { record } = openSimRecord(envelope)
    const disk = this.#init.disks.get(id)
    const key = `log/${record.projectId}/${String(record.seq).padStart(10, '0')}`
    this.#expect(
      disk?.files.readDurable(key) != null,
      'S2',
      `${id} published record ${record.seq} before it was durable`
    )
    if (record.body.type !== 'accept') return
    const { accept } = record.body
    const receipts = this.#visible.get(record.projectId) ?? new Map<number, string>()
    this.#visible.set(record.projectId, receipts.set(accept.scene, accept.result.sha256))
  }

  /** Everybody hears gossip. */
  onGossip(id: string, projectId: string): void {
    this.#expect(!this.#isClosed(projectId), 'S21', `${id} gossips of ${projectId}, which is not for all`)
  }

  onSync(id: string, to: string, kind: 'request' | 'reply', bytes: Uint8Array): void {
    if (!this.#hasClosed) return
    for (const projectId of namedIn(kind, bytes)) {
      const mayKnow = this.submitted.get(projectId)?.owner === to || (this.#init.knows?.(id, to) ?? true)
      this.#expect(mayKnow || !this.#isClosed(projectId), 'S21', `${id} tells ${to} of ${projectId}`)
    }
  }

  #isClosed(projectId: string): boolean {
    const share = this.submitted.get(projectId)?.film.announce.share ?? 'all'
    return share !== 'all'
  }

  onSettled(host: Host, { token, accepted, worker }: Extract<OwnerEffect, { type: 'settled' }>): void {
    host.trace(
      () => `tells ${worker} that ${short(token.projectId)}:${token.scene} is ${accepted ? 'accepted' : 'refused'}`
    )
    this.#delivering.delete(`${worker} ${jobKey(token)}`)
    const view = this.#init.viewOf(host.id, token.projectId)
    if (this.#blamed.delete(blamedKey(host, worker, token)) && view != null && view.end == null && view.fork == null)
      this.#expect(
        unprovedOf(view, worker).length === 0,
        'S18',
        `${host.id} tells ${worker} that it is caught, and keeps what nobody proved`
      )
    if (!accepted) return
    if (view?.fork != null || view?.end != null) return
    const receipt = view?.scenes[token.scene]?.accepted
    this.#expect(receipt != null, 'S2', `${host.id} told of a receipt for scene ${token.scene} that is in no log`)
    const blob = `blob/${receipt?.result.sha256 ?? ''}`
    this.#expect(
      host.disk.files.readDurable(blob) != null || this.#taken.has(`${host.id} ${blob}`),
      'S2',
      `${host.id} accepted a result that is not on its disk`
    )
  }

  onStored(id: string, envelope: Uint8Array): void {
    if (!this.#init.honest.has(id)) return
    let whole = false
    try {
      const { record, signer, hash, derivedProjectId } = openSimRecord(envelope)
      if (derivedProjectId != null && derivedProjectId === record.projectId) this.#owners.set(record.projectId, signer)
      const isForged = this.#init.honest.has(signer) && !this.#honestRecords.has(hash)
      whole = this.#owners.get(record.projectId) === signer && !isForged
    } catch {
      whole = false
    }
    this.#expect(whole, 'S7', `${id} stored a record that does not verify`)
  }

  onView({ id, run }: Host, view: ProjectView, ledger: Ledger): void {
    if (!this.#init.honest.has(id)) return
    const key = `${id} ${view.projectId}`
    const removed = view.end?.state === 'removed'
    const now = {
      seq: view.head.seq,
      accepted: view.acceptedScenes,
      withdrawn: view.withdrawn.length,
      ended: view.end != null
    }
    const before = this.#seen.get(key)
    if (before != null) {
      const isLess = now.accepted < before.accepted && now.withdrawn === before.withdrawn
      const isBack = now.seq < before.seq || (before.ended && !now.ended) || (!removed && isLess)
      this.#expect(!isBack, 'S8', `the view of ${view.projectId} at ${id} (run ${run}) went back`)
    }
    this.#seen.set(key, now)
    if (view.fork == null) {
      const json = JSON.stringify(view)
      const known = this.#byHead.get(view.head.hash)
      if (known == null) this.#byHead.set(view.head.hash, json)
      else this.#expect(known === json, 'S9', `two views of ${view.projectId} with the same head differ`)
    }
    if (ledger.entries.size > 20) this.#checkQuotas(id, ledger)
  }

  /** A node forgets a project that is over. By another's clock it may not be: then it begins again from what neighbours have. */
  onDropped(id: string, projectId: string): void {
    const key = `${id} ${projectId}`
    const seen = this.#seen.get(key)
    this.#seen.delete(key)
    this.#expect(seen?.ended !== false, 'S8', `${id} forgets ${projectId}, which has not ended`)
  }

  onClaimed({ id, run }: Host, claimId: string, probed: boolean): void {
    this.#expect(probed, 'S16', `${id} claims before it knows what its encoder makes of the probe clip`)
    this.#claims.set(claimId, `${id} ${run}`)
  }

  onGranted(id: string, { token, worker, claimId, envelope }: SentGrant): void {
    if (this.grants.length < SHOWN_GRANTS_MAX) this.grants.push(envelope)
    this.counts.grants += 1
    this.#init.world.trace(
      id,
      () => `grants ${short(token.projectId)}:${token.scene} to ${worker} as ${token.epoch}.${token.attempt}`
    )
    this.#checkEpoch(id, token.projectId, token.epoch)
    const key = `${token.projectId}/${token.epoch}/${token.attempt}`
    this.#expect(!this.#grants.has(key), 'S3', `${id} granted the token ${key} twice`)
    this.#grants.set(key, { worker, claimId })
  }

  /** A fault took a file of a node that runs. */
  onFileTaken(id: string, key: string): void {
    this.#taken.add(`${id} ${key}`)
  }

  onOwnerStep(host: Host, before: OwnerState, event: OwnerEvent, step: OwnerStep): void {
    const { id, run } = host
    const { state, effects } = step
    const judged = event.type === 'verified' && event.blamed ? before.scenes[event.scene]?.results[0] : undefined
    if (judged != null) this.#blamed.add(blamedKey(host, judged.worker, judged.token))
    for (const effect of effects)
      if (effect.type === 'verify') this.#taken.delete(`${id} blob/${effect.result.blob.sha256}`)
    if (!this.#init.honest.has(id)) return
    const again = this.#silence.after(`${id} ${run}`, before, event, step)
    this.#expect(again == null, 'S17', `${id} ${again}`)
    const strayed = this.#away.after(`${id} ${run}`, before, event, step)
    this.#expect(strayed == null, 'S19', `${id} ${strayed}`)
    for (const index of state.leased) {
      const scene = state.scenes[index]
      const count = scene?.leases.length ?? 0
      this.#expect(count <= 2, 'S5', `${id} has ${count} leases on scene ${index}`)
      this.#expect(scene?.accepted !== true, 'S5', `${id} has a lease on scene ${index}, which is accepted`)
    }
  }

  /** @param change the step in which it was begun */
  onEncodeBegun(host: Host, job: Job, change: WorkerChange): void {
    const { token } = job
    const { state } = change
    host.trace(() => `encodes ${short(token.projectId)}:${token.scene}`)
    this.counts.encodes += 1
    this.#encoders.set(`${host.id} ${job.key}`, {
      id: host.id,
      projectId: token.projectId,
      atMs: this.#init.world.nowMs
    })
    const grant = this.#grants.get(`${token.projectId}/${token.epoch}/${token.attempt}`)
    const ofThisRun = grant != null && this.#claims.get(grant.claimId) === `${host.id} ${host.run}`
    const kept = keptOn(host.disk.files, job.key)
    const isKept = kept != null && this.#claims.get(grant?.claimId ?? '')?.startsWith(`${host.id} `) === true
    this.#expect(ofThisRun || isKept, 'S10', `${host.id} encodes ${job.key} without a grant for a claim of this run`)
    const live = (state.jobs.get(job.key)?.liveUntilMs ?? 0) > host.scope.monotonicMs()
    this.#expect(live, 'S10', `${host.id} begins ${job.key} under a lease that ran out`)
    const done = this.#kept.get(`${host.id} ${job.key}`)
    const isDone = done != null && host.disk.files.read(`blob/${done}`) != null
    this.#expect(!isDone, 'S19', `${host.id} encodes ${job.key} again, whose result it kept`)
    const running = [...this.#encoders.values()].filter((encoder) => encoder.id === host.id).length
    this.#expect(running <= state.slots, 'S10', `${host.id} runs ${running} encoders in ${state.slots} slots`)
    const early = outOfTurn(job, change)
    this.#expect(early == null, 'S20', `${host.id} ${early}`)
  }

  onEncodeOver(host: Host, job: Job, _ranMs: number, how: 'done' | 'failed' | 'aborted'): void {
    const key = `${host.id} ${job.key}`
    const ranMs = this.#init.world.nowMs - (this.#encoders.get(key)?.atMs ?? this.#init.world.nowMs)
    this.#encoders.delete(key)
    this.counts.encodedMs += ranMs
    if (how === 'done') this.#delivering.set(key, host.id)
    if (how === 'failed') this.counts.failed += 1
    if (how !== 'aborted') return
    if (this.submitted.get(job.token.projectId)?.ended == null) this.counts.abortedMs += ranMs
    else this.counts.unwanted += 1
  }

  onEnded(id: string, projectId: string, state: string, outputSha256: string): void {
    this.#init.world.trace(id, () => `${short(projectId)} is ${state}`)
    const submitted = this.submitted.get(projectId)
    if (submitted == null) return
    submitted.ended ??= { state, atMs: this.#init.world.nowMs }
    if (state !== 'completed') return
    const { plans, announce } = submitted.film
    const receipts = plans.map(({ index }) => this.#results.get(`${projectId}/${index}`) ?? '')
    // A lie of which no proof was drawn stays.
    const isCheaper = plans.some((plan, index) => receipts[index] === cheaperScene(plan).sha256)
    const isOne = announce.builds === 'same' && !isCheaper
    const whole = isOne ? fileOfOneMachine(plans) : joinedFile(receipts)
    this.#expect(outputSha256 === whole, 'S11', `${projectId} is not the file that it has to be`)
  }

  onTrust(id: string, worker: string, trust: TrustLedger): void {
    const isBarred = (trust.get(worker)?.strikes ?? 0) > 0
    this.#expect(!isBarred || !this.#init.honest.has(worker), 'S13', `${id} bars ${worker}, who is honest`)
  }

  /** Each run of an owner has an epoch above those that its project saw before. */
  #checkEpoch(id: string, projectId: string, epoch: number): void {
    const boot = this.#boots.get(id) ?? 0
    const last = this.#epochs.get(projectId)
    const grows = last == null || (boot === last.boot ? epoch === last.epoch : epoch > last.epoch)
    this.#expect(grows, 'S4', `${id} uses epoch ${epoch} for ${projectId} after ${last?.epoch}`)
    this.#epochs.set(projectId, { epoch, boot })
  }

  #checkQuotas(id: string, ledger: Ledger): void {
    const projects = new Map<string, number>()
    let strangers = 0
    for (const { view, known } of ledger.entries.values()) {
      if (known || view.owner === id || view.end?.state === 'removed') continue
      strangers += 1
      projects.set(view.owner, (projects.get(view.owner) ?? 0) + 1)
    }
    this.#expect(strangers <= LIMITS.strangersProjectsMax, 'S12', `${id} keeps ${strangers} projects of strangers`)
    for (const [owner, count] of projects)
      this.#expect(count <= LIMITS.strangerProjectsMax, 'S12', `${id} keeps ${count} projects of the stranger ${owner}`)
  }

  #expect(holds: boolean, invariant: string, what: string): void {
    if (!holds) throw new InvariantViolation(invariant, what)
  }
}

function blamedKey({ id, run }: Host, worker: string, token: Token): string {
  return `${id} ${run} ${worker} ${jobKey(token)}`
}

function short(projectId: string): string {
  return projectId.slice(0, 4)
}
