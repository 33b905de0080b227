import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { anySignal } from '../../common/any-signal.ts'
import { errorText } from '../../common/error-text.ts'
import { type Brake, encodeScene, MediaError, type EncodedScene, type EncodeSceneInput } from '../../encode/index.ts'
import { waitFor } from '../../common/wait.ts'
import { monotonicMs } from '../../common/clock.ts'
import { removeFolder } from '../disk/folders.ts'
import { stepWhenFull, type SpaceWatch } from '../disk/step-when-full.ts'
import { ParamsError, threadsFor } from '../../encode/rules/index.ts'
import { type FactsOf, parseSpec, sceneInput, sceneParams } from '../project-spec.ts'
import { isFetched, isRenewalDue, LIMITS } from '../../swarm/protocol/index.ts'
import type { AdoptedBlob, BlobHold, BlobStore } from '../../storage/index.ts'
import type { BlobExchange, LogBook, Logger, Sync } from '../../swarm/index.ts'
import type { BlobRef, Job, ScenePlan, SessionMessage, ToldJob, WorkerEvent } from '../../swarm/protocol/index.ts'

export interface SceneJobsComponents {
  readonly book: LogBook
  readonly blobs: BlobStore
  readonly exchange: BlobExchange
  readonly sync: Pick<Sync, 'pull'>
  readonly guard: SpaceWatch
  readonly log: Logger
  /** Of the programs here, which have to take a scene's parameters. */
  readonly programFacts: FactsOf
  /** Of all that is encoded. */
  readonly brake: Pick<Brake, 'run'>
  readonly dispatch: (event: WorkerEvent) => void
  /** What was taken ahead survives a restart of this node. */
  readonly isKept: (key: string) => boolean
  /** @returns whether there is an open session that took it. */
  readonly send: (owner: string, message: SessionMessage) => boolean
}

export interface SceneJobsInit {
  readonly threads: number
  readonly nice: number
  readonly workDir: string
}

/** What is done for the scenes that a worker holds: the files and processes behind its rules. */
export interface SceneJobs {
  /** Brings the source piece here from the owner or others that hold it, then says `fetched`, or `failed`. */
  fetch: (job: Job, holders: readonly string[]) => Promise<void>
  /** Encodes, then says `encoded`, `failed`, `starved` where memory was short, or `crashed`. */
  encode: (job: Job) => Promise<void>
  /** Offers the result to the owner; again after a reconnect. */
  deliver: (job: Job) => void
  /** Says `renewed` when it went out. */
  renew: (job: Job) => void
  /** Renews what has frames to report or was silent for a third of its ttl. */
  renewDue: (jobs: Iterable<Job>) => void
  /** Kills what runs for the job and forgets its files. */
  discard: (job: Job) => Promise<void>
  stop: (job: Job) => void
  /** What is offered to the owner; undefined before it is encoded. */
  resultOf: (
    key: string
  ) => (BlobRef & { readonly encodeMs: number; readonly quantiser?: number | undefined }) | undefined
  /** A result that an earlier run of the node kept. */
  restore: (key: string, done: JobResult) => void
}

/** What was encoded for a job. */
export interface JobResult {
  readonly result: AdoptedBlob
  readonly encodeMs: number
  readonly quantiser: number | undefined
}

interface JobFiles {
  readonly stop: AbortController
  piece: BlobHold | undefined
  result: AdoptedBlob | undefined
  encodeMs: number
  quantiser: number | undefined
  told: ToldJob | undefined
}

const PLAN_WAIT_MS = 15_000

export function createSceneJobs(components: SceneJobsComponents, init: SceneJobsInit): SceneJobs {
  const { book, blobs, exchange, sync, log, brake, dispatch, send } = components
  const files = new Map<string, JobFiles>()

  async function fetch(job: Job, holders: readonly string[]): Promise<void> {
    const own = noFiles()
    files.set(job.key, own)
    const { signal } = own.stop
    try {
      const plan = await planOf(job, signal)
      // Discarded meanwhile: nobody would give back what is held from here on.
      signal.throwIfAborted()
      const view = book.views.get(job.token.projectId)
      if (view != null) sceneParams(parseSpec(view.announce, components.programFacts), plan)
      own.piece = blobs.hold(plan.piece.sha256)
      const sources = [job.owner, ...holders]
      await stepWhenFull(
        components.guard,
        async () => exchange.fetch(plan.piece, sources, { signal, nearFirst: true }),
        signal
      )
      dispatch({ type: 'fetched', key: job.key, nowMs: monotonicMs() })
    } catch (error) {
      if (signal.aborted) return
      const reason =
        error instanceof ParamsError
          ? `the parameters of the scene are not allowed here: ${error.message}`
          : `fetching the source piece: ${errorText(error)}`
      dispatch({ type: 'failed', key: job.key, declined: true, reason })
    }
  }

  /** A grant may overtake the record that plans its scene. */
  async function planOf({ token, owner }: Job, signal: AbortSignal): Promise<ScenePlan> {
    const find = (): ScenePlan | undefined => book.views.get(token.projectId)?.scenes[token.scene]?.plan
    const known = find()
    if (known != null) return known
    const deadline = anySignal([signal, AbortSignal.timeout(PLAN_WAIT_MS)])
    const waiting = waitFor<ScenePlan>((done) => {
      const end = book.onRecord(() => {
        const plan = find()
        if (plan != null) done(plan)
      })
      sync.pull(owner)
      return end
    }, deadline)
    return waiting.catch((cause: unknown) => {
      throw new Error('the record of the scene did not arrive', { cause })
    })
  }

  async function encode(job: Job): Promise<void> {
    const own = files.get(job.key)
    const view = book.views.get(job.token.projectId)
    const plan = view?.scenes[job.token.scene]?.plan
    if (own == null || view == null || plan == null) return
    const { signal } = own.stop
    const { projectId } = view
    try {
      const spec = parseSpec(view.announce, components.programFacts)
      const input = sceneInput(spec, plan)
      // [RULE 75]
      const threads = threadsFor(init.threads, spec.threads)
      const encodeOnce = async (): Promise<EncodedScene> => {
        const workDir = await mkdtemp(join(init.workDir, 'encode-'))
        try {
          const pieceFile = blobs.path(plan.piece.sha256)
          const onProgress: EncodeSceneInput['onProgress'] = (progress) =>
            dispatch({ type: 'progress', key: job.key, ...progress })
          const { nice } = init
          const done = await brake.run(async () =>
            encodeScene({ ...input, pieceFile, threads, nice, workDir, onProgress }, { signal })
          )
          await takeResult(own, done.file)
          return done
        } finally {
          await removeFolder(workDir)
        }
      }
      const whenSpace = async (): Promise<EncodedScene> => stepWhenFull(components.guard, encodeOnce, signal)
      const encoded = await withWholePiece(job.owner, plan.piece, whenSpace, signal)
      own.encodeMs = Math.round(encoded.encodeMs)
      own.quantiser = encoded.quantiser
      log.info(
        { projectId, scene: plan.index, frames: plan.frames, bytes: encoded.bytes, ms: own.encodeMs },
        'scene encoded'
      )
      dispatch({ type: 'encoded', key: job.key })
    } catch (error) {
      if (signal.aborted) return
      log.warn({ projectId, scene: plan.index, err: error }, 'encoding a scene failed')
      if (error instanceof MediaError && error.code === 'out-of-memory')
        return dispatch({ type: 'starved', key: job.key, nowMs: monotonicMs() })
      if (error instanceof MediaError && error.code === 'crashed')
        return dispatch({ type: 'crashed', key: job.key, nowMs: monotonicMs(), reason: failureText(error) })
      dispatch({ type: 'failed', key: job.key, declined: isOwnFailure(error), reason: failureText(error) })
    }
  }

  /** A piece that this disk damaged is fetched again, once, before that counts as a failure. */
  async function withWholePiece<T>(
    owner: string,
    piece: BlobRef,
    task: () => Promise<T>,
    signal: AbortSignal
  ): Promise<T> {
    try {
      return await task()
    } catch (error) {
      signal.throwIfAborted()
      if (await blobs.check(piece)) throw error
      log.warn({ sha256: piece.sha256 }, 'a source piece is damaged on this disk; fetching it again')
      await stepWhenFull(components.guard, async () => exchange.fetch(piece, [owner], { signal }), signal)
      return await task()
    }
  }

  async function takeResult(own: JobFiles, file: string): Promise<void> {
    const result = await blobs.adopt(file)
    own.result = result
    // Discarded meanwhile: nobody comes back for it.
    if (own.stop.signal.aborted) await result.hold.drop()
  }

  async function discard(job: Job): Promise<void> {
    const own = files.get(job.key)
    files.delete(job.key)
    own?.stop.abort(new Error('the job is over'))
    await own?.piece?.drop()
    await own?.result?.hold.drop()
  }

  function renew(job: Job): void {
    const own = files.get(job.key)
    if (own == null) return
    const nowMs = monotonicMs()
    const { token, pass, frames, paused } = job
    const fetched = isFetched(job) && (!job.ahead || components.isKept(job.key))
    own.told = { atMs: nowMs, pass, frames, paused, fetched }
    if (send(job.owner, { type: 'renew', token, pass, frames, paused, fetched }))
      dispatch({ type: 'renewed', key: job.key, nowMs })
  }

  return {
    fetch,
    encode,
    renew,
    discard,
    deliver: (job) => {
      const own = files.get(job.key)
      if (own?.result == null) return
      const { result, encodeMs, quantiser } = own
      send(job.owner, { type: 'result', token: job.token, blob: result.ref, encodeMs, quantiser })
    },
    renewDue: (jobs) => {
      const nowMs = monotonicMs()
      for (const job of jobs) {
        const own = files.get(job.key)
        if (own != null && isRenewalDue(job, own.told, nowMs, Math.random())) renew(job)
      }
    },
    stop: (job) => files.get(job.key)?.stop.abort(new Error('stopping')),
    resultOf: (key) => {
      const own = files.get(key)
      return own?.result == null ? undefined : { ...own.result.ref, encodeMs: own.encodeMs, quantiser: own.quantiser }
    },
    restore: (key, done) => void files.set(key, { ...noFiles(), ...done })
  }
}

function noFiles(): JobFiles {
  return {
    stop: new AbortController(),
    piece: undefined,
    result: undefined,
    encodeMs: 0,
    quantiser: undefined,
    told: undefined
  }
}

/** Nothing of the scene was looked at: this node's programs are not there or not fit for it. */
function isOwnFailure(error: unknown): boolean {
  return error instanceof MediaError && (error.code === 'command-refused' || error.code === 'tool-missing')
}

function failureText(error: unknown): string {
  const tail =
    error instanceof MediaError && error.stderrTail !== ''
      ? `: ${error.stderrTail.slice(-LIMITS.reasonCharsMax / 2)}`
      : ''
  return `${errorText(error)}${tail}`
}
