import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { encodeScene, MediaError, type InstalledEncoder } from '../../encode/run/index.ts'
import { monotonicMs } from '../clock.ts'
import { removeFolder } from '../owner/preparation.ts'
import { parseSpec, type ProjectSpec } from '../project-spec.ts'
import { slotsByMemory } from '../slots.ts'
import { createOwnerLinks, type OwnerLinks } from './owner-links.ts'
import {
  assertNever,
  createWorkerState,
  decodeClaim,
  decodeGrant,
  encodeClaim,
  jobKey,
  LIMITS,
  stepWorker,
  type BlobRef,
  type Candidate,
  type Job,
  type PendingClaim,
  type ProjectView,
  type ScenePlan,
  type SessionMessage,
  type Timing,
  type WorkerEffect,
  type WorkerEvent,
  type WorkerState
} from '../../swarm/protocol/index.ts'
import {
  openEnvelope,
  type BlobExchange,
  type LogBook,
  type Logger,
  type Session,
  type Sessions,
  type Signer,
  type Sync
} from '../../swarm/index.ts'
import type { BlobStore } from '../../storage/index.ts'

export interface WorkerServiceComponents {
  readonly book: LogBook
  readonly blobs: BlobStore
  readonly exchange: BlobExchange
  readonly sessions: Sessions
  readonly signer: Signer
  readonly sync: Sync
  readonly log: Logger
  readonly isTrusted: (owner: string) => boolean
  /** Ask for a connection with an owner. */
  readonly reach: (owner: string) => void
}

export interface WorkerServiceInit {
  readonly slots: number
  readonly queue: number
  readonly threads: number
  readonly nice: number
  readonly timing: Timing
  readonly workDir: string
  readonly encoders: () => Promise<readonly InstalledEncoder[]>
}

/** The worker role of this node: asks owners for scenes, encodes them, hands the results in. */
export interface WorkerService {
  start: () => Promise<void>
  /** Something about projects, peers or trust changed. */
  refresh: () => void
  /** An owner was just connected. */
  nudge: (owner: string) => void
  busy: () => number
  /** Hands back what is not begun, finishes and delivers the rest. */
  drain: () => Promise<void>
  /** Kills the encoders, says so to the owners. */
  stop: () => Promise<void>
}

/** What the shell keeps of a job beside its rules. */
interface JobFiles {
  readonly stop: AbortController
  piece: BlobRef | undefined
  result: BlobRef | undefined
  encodeMs: number
  sentAtMs: number
  sentFrames: number
}

const PLAN_WAIT_MS = 15_000

export function createWorkerService(components: WorkerServiceComponents, init: WorkerServiceInit): WorkerService {
  const { book, blobs, exchange, signer, log } = components
  const files = new Map<string, JobFiles>()
  const claimNumbers = new Map<string, number>()
  const running = new Set<Promise<void>>()
  const whenDrained = Promise.withResolvers<void>()
  let state: WorkerState = createWorkerState(init.slots, init.queue)
  let builds = new Map<string, InstalledEncoder>()
  let renewTimer: NodeJS.Timeout | undefined
  let stopping = false
  let refreshQueued = false

  const links: OwnerLinks = createOwnerLinks(components, {
    onOpen: (session) => onSession(session),
    onClose: (owner) => dispatch({ type: 'session-closed', owner })
  })

  function dispatch(event: WorkerEvent): void {
    const step = stepWorker(state, event)
    state = step.state
    for (const effect of step.effects) perform(effect)
  }

  function perform(effect: WorkerEffect): void {
    switch (effect.type) {
      case 'claim':
        inBackground(claim(effect.claimNo, effect.claim))
        return
      case 'fetch':
        files.set(effect.job.key, {
          stop: new AbortController(),
          piece: undefined,
          result: undefined,
          encodeMs: 0,
          sentAtMs: monotonicMs(),
          sentFrames: 0
        })
        inBackground(fetchPiece(effect.job))
        return
      case 'encode':
        inBackground(encode(effect.job))
        return
      case 'deliver':
        deliver(effect.job)
        return
      case 'release':
        send(effect.job.owner, {
          type: 'release',
          token: effect.job.token,
          kind: effect.kind,
          reason: effect.reason.slice(0, LIMITS.reasonCharsMax)
        })
        return
      case 'discard':
        inBackground(discard(effect.job))
        return
      case 'drained':
        whenDrained.resolve()
        return
      default:
        assertNever(effect)
    }
  }

  function send(owner: string, message: SessionMessage): void {
    links.get(owner)?.send(message)
  }

  async function claim(claimNo: number, { owner, projectId, prefetch }: PendingClaim): Promise<void> {
    const encoderBuild = book.views.get(projectId)?.announce.encoderBuild ?? ''
    const claimId = randomBytes(16).toString('hex')
    claimNumbers.set(claimId, claimNo)
    send(owner, {
      type: 'claim',
      envelope: await signer.sign('claim', encodeClaim({ projectId, owner, claimId, encoderBuild, prefetch }))
    })
  }

  async function onGrant(owner: string, envelope: Uint8Array): Promise<void> {
    const opened = await openEnvelope('grant', envelope)
    const grant = decodeGrant(opened.payload)
    const claimed = await openEnvelope('claim', grant.claim)
    const { claimId, projectId } = decodeClaim(claimed.payload)
    const claimNo = claimNumbers.get(claimId)
    claimNumbers.delete(claimId)
    // [RULE 35] The grant is the owner's, for a claim that this run of this node made.
    if (opened.signer !== owner || claimed.signer !== signer.peerId || claimNo == null) return
    dispatch({
      type: 'granted',
      owner,
      claimNo,
      token: { projectId, scene: grant.scene, epoch: grant.epoch, attempt: grant.attempt }
    })
  }

  function onMessage(owner: string, message: SessionMessage): void {
    switch (message.type) {
      case 'grant':
        inBackground(onGrant(owner, message.envelope))
        return
      case 'no-work': {
        const claimNo = claimNumbers.get(message.claimId)
        claimNumbers.delete(message.claimId)
        if (claimNo != null) dispatch({ type: 'no-work', claimNo })
        return
      }
      case 'wake':
        dispatch({ type: 'wake', projectId: message.projectId })
        return
      case 'revoke':
      case 'settled': {
        const key = jobKey(message.token)
        if (state.jobs.get(key)?.owner === owner) dispatch({ type: 'settled', key })
        return
      }
      case 'claim':
      case 'renew':
      case 'result':
      case 'release':
        log.debug({ peer: owner, type: message.type }, 'a message that only workers send')
        return
      default:
        assertNever(message)
    }
  }

  function onSession(session: Session): void {
    const owner = session.peer
    session.onMessage = (message) => onMessage(owner, message)
    // An owner that was away hears first what is in hand, then what is wanted.
    for (const job of state.jobs.values()) {
      if (job.owner !== owner) continue
      if (job.stage === 'delivering') deliver(job)
      else renew(job)
    }
    dispatch({ type: 'session-opened', owner })
  }

  async function fetchPiece(job: Job): Promise<void> {
    const own = files.get(job.key)
    if (own == null) return
    const { signal } = own.stop
    try {
      const plan = await planOf(job, signal)
      own.piece = plan.piece
      await exchange.fetch(plan.piece, job.owner, { signal })
      dispatch({ type: 'fetched', key: job.key })
    } catch (error) {
      if (signal.aborted) return
      dispatch({ type: 'failed', key: job.key, declined: true, reason: `fetching the source piece: ${message(error)}` })
    }
  }

  /** A grant may overtake the record that plans its scene. */
  async function planOf({ token, owner }: Job, signal: AbortSignal): Promise<ScenePlan> {
    const find = (): ScenePlan | undefined => book.views.get(token.projectId)?.scenes[token.scene]?.plan
    const known = find()
    if (known != null) return known
    components.sync.pull(owner)
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(PLAN_WAIT_MS)])
    return new Promise((resolve, reject) => {
      const end = book.onRecord(() => {
        const plan = find()
        if (plan == null) return
        end()
        resolve(plan)
      })
      deadline.addEventListener('abort', () => {
        end()
        reject(new Error('the record of the scene did not come'))
      })
    })
  }

  async function encode(job: Job): Promise<void> {
    const own = files.get(job.key)
    const view = book.views.get(job.token.projectId)
    const plan = view?.scenes[job.token.scene]?.plan
    if (own == null || view == null || plan == null) return
    const { signal } = own.stop
    const workDir = await mkdtemp(join(init.workDir, 'encode-'))
    try {
      const { encoder, params, video } = parseSpec(view.announce)
      const encoded = await encodeScene(
        {
          pieceFile: blobs.path(plan.piece.sha256),
          skip: plan.skip,
          frames: plan.frames,
          inputHash: plan.inputHash,
          encoder: encoder.name,
          params,
          video,
          threads: init.threads,
          nice: init.nice,
          workDir,
          onProgress: ({ pass, frames }) => dispatch({ type: 'progress', key: job.key, pass, frames })
        },
        { signal }
      )
      own.result = await blobs.adopt(encoded.file)
      own.encodeMs = Math.round(encoded.encodeMs)
      log.info(
        { projectId: view.projectId, scene: plan.index, frames: plan.frames, bytes: encoded.bytes, ms: own.encodeMs },
        'scene encoded'
      )
      dispatch({ type: 'encoded', key: job.key })
    } catch (error) {
      if (signal.aborted) return
      const tail =
        error instanceof MediaError && error.stderrTail !== ''
          ? `: ${error.stderrTail.slice(-LIMITS.reasonCharsMax / 2)}`
          : ''
      log.warn({ projectId: view.projectId, scene: plan.index, err: error }, 'encoding a scene failed')
      dispatch({ type: 'failed', key: job.key, declined: false, reason: `${message(error)}${tail}` })
    } finally {
      await removeFolder(workDir)
    }
  }

  function deliver(job: Job): void {
    const own = files.get(job.key)
    if (own?.result != null)
      send(job.owner, { type: 'result', token: job.token, blob: own.result, encodeMs: own.encodeMs })
  }

  /** Stops and forgets a job. Files that another job or this node's owner role still needs stay. */
  async function discard(job: Job): Promise<void> {
    const own = files.get(job.key)
    files.delete(job.key)
    own?.stop.abort(new Error('the job is over'))
    if (job.owner === signer.peerId) return
    const needed = new Set([...files.values()].flatMap((other) => [other.piece?.sha256, other.result?.sha256]))
    for (const ref of [own?.piece, own?.result])
      if (ref != null && !needed.has(ref.sha256)) await blobs.delete(ref.sha256)
  }

  function renew(job: Job): void {
    const own = files.get(job.key)
    if (own == null) return
    own.sentAtMs = monotonicMs()
    own.sentFrames = job.pass * LIMITS.framesMax + job.frames
    send(job.owner, { type: 'renew', token: job.token, pass: job.pass, frames: job.frames })
  }

  function renewDue(): void {
    const nowMs = monotonicMs()
    for (const job of state.jobs.values()) {
      const own = files.get(job.key)
      if (own == null || job.stage === 'delivering') continue
      const advanced = own.sentFrames !== job.pass * LIMITS.framesMax + job.frames
      if (advanced || nowMs - own.sentAtMs >= init.timing.renewMs * (0.8 + 0.2 * Math.random())) renew(job)
    }
  }

  function inBackground(task: Promise<void>): void {
    const tracked = task
      .catch((error: unknown) => log.warn({ err: error }, 'in the worker'))
      .finally(() => running.delete(tracked))
    running.add(tracked)
  }

  function specOf(view: ProjectView): ProjectSpec | undefined {
    try {
      return parseSpec(view.announce)
    } catch (error) {
      log.debug({ projectId: view.projectId, err: error }, 'this project asks for what is not allowed here')
      return undefined
    }
  }

  function candidateOf(view: ProjectView): Candidate | undefined {
    const waiting = view.planned == null || view.acceptedScenes < view.planned.scenes
    if (view.end != null || !waiting || builds.get(view.announce.encoderName)?.build !== view.announce.encoderBuild)
      return undefined
    if (!components.isTrusted(view.owner)) {
      components.reach(view.owner)
      return undefined
    }
    const spec = specOf(view)
    if (spec == null) return undefined
    const slotsMax = slotsByMemory(spec.megapixels, spec.encoder.name)
    return {
      projectId: view.projectId,
      owner: view.owner,
      priority: view.priority,
      createdAtMs: view.announce.createdAtMs,
      slotsMax
    }
  }

  function refresh(): void {
    if (stopping || init.slots === 0) return
    for (const view of book.views.values()) {
      const ended = view.end != null && [...state.jobs.values()].some((job) => job.token.projectId === view.projectId)
      if (ended) dispatch({ type: 'project-ended', projectId: view.projectId })
    }
    const candidates = [...book.views.values()].map(candidateOf).filter((candidate) => candidate != null)
    links.want(
      new Set([...candidates.map((candidate) => candidate.owner), ...[...state.jobs.values()].map((job) => job.owner)])
    )
    dispatch({ type: 'candidates', candidates })
  }

  return {
    start: async () => {
      await removeFolder(init.workDir)
      await mkdir(init.workDir, { recursive: true, mode: 0o700 })
      if (init.slots === 0) return
      builds = new Map((await init.encoders()).map((encoder) => [encoder.name, encoder]))
      renewTimer = setInterval(renewDue, init.timing.progressMs)
      renewTimer.unref()
      refresh()
    },
    refresh: () => {
      if (refreshQueued) return
      refreshQueued = true
      setImmediate(() => {
        refreshQueued = false
        refresh()
      })
    },
    nudge: (owner) => links.nudge(owner),
    busy: () => [...state.jobs.values()].filter((job) => job.stage === 'encoding').length,
    drain: async () => {
      dispatch({ type: 'drain' })
      await whenDrained.promise
    },
    stop: async () => {
      stopping = true
      clearInterval(renewTimer)
      whenDrained.resolve()
      for (const job of state.jobs.values()) {
        if (job.stage !== 'delivering')
          send(job.owner, { type: 'release', token: job.token, kind: 'left', reason: 'the node was stopped' })
        files.get(job.key)?.stop.abort(new Error('stopping'))
      }
      links.stop()
      await Promise.allSettled(running)
    }
  }
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
