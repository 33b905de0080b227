import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { monotonicMs } from '../../common/clock.ts'
import { openLease, type Logger, type Signer } from '../../swarm/index.ts'
import {
  isGrantedBy,
  jobKey,
  LIMITS,
  type Job,
  type WorkerEvent,
  type WorkerState
} from '../../swarm/protocol/index.ts'
import { writeFileAtomic, type BlobStore } from '../../storage/index.ts'
import type { Claims } from './claims.ts'
import type { SceneJobs } from './scene-jobs.ts'
import type { WorkerCore } from './worker-core.ts'

export interface AheadBookComponents {
  readonly core: Pick<WorkerCore, 'dispatch' | 'onStep'>
  readonly claims: Pick<Claims, 'grantOf' | 'restore'>
  readonly jobs: Pick<SceneJobs, 'resultOf' | 'restore'>
  readonly blobs: Pick<BlobStore, 'has' | 'hold'>
  readonly signer: Pick<Signer, 'peerId'>
  readonly log: Logger
  /** Keys of the jobs that are on disk; written here. */
  readonly kept: Set<string>
}

export interface AheadBookInit {
  /** One file for each scene. */
  readonly folder: string
}

/** What this worker took ahead of an absence of its owner, on disk, so that a restart loses none of it. */
export interface AheadBook {
  /** Reads what earlier runs kept, and holds their results; nothing goes on before `resume`. */
  readonly recall: () => Promise<void>
  /** Has the rules go on with it. */
  readonly resume: () => void
  /** Resolves when what was begun is written. */
  readonly settled: () => Promise<void>
}

const keptScene = z.object({
  owner: z.string(),
  /** Base64. */
  grant: z.base64(),
  /** Times of day in milliseconds. */
  awayUntilMs: z.number(),
  hardAtMs: z.number(),
  result: z
    .object({
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      bytes: z.int().positive(),
      encodeMs: z.number().nonnegative(),
      quantiser: z.int().optional()
    })
    .optional()
})

type Kept = z.infer<typeof keptScene>

interface Recalled {
  readonly key: string
  readonly event: Omit<Extract<WorkerEvent, { type: 'kept' }>, 'nowMs'>
}

export function createAheadBook(components: AheadBookComponents, { folder }: AheadBookInit): AheadBook {
  const { core, claims, jobs, blobs, signer, log, kept } = components
  /** By the key of the job: what its file holds, or will. */
  const wanted = new Map<string, 'scene' | 'result'>()
  /** What earlier runs kept and the rules do not know yet. */
  const recalled: Recalled[] = []
  let writing: Promise<void> = Promise.resolve()

  function look(state: WorkerState): void {
    if (wanted.size === 0 && ![...state.jobs.values()].some(({ ahead }) => ahead)) return
    for (const key of wanted.keys()) {
      if (state.jobs.has(key)) continue
      wanted.delete(key)
      kept.delete(key)
      inOrder(async () => rm(fileOf(folder, key), { force: true }))
    }
    for (const job of state.jobs.values()) {
      const what = job.stage === 'delivering' ? 'result' : 'scene'
      if (job.ahead && wanted.get(job.key) !== what) keep(job, what, state.away.get(job.token.projectId)?.untilMs)
    }
  }

  function keep(job: Job, what: 'scene' | 'result', awayUntilMs = monotonicMs()): void {
    const grant = claims.grantOf(job.key)?.envelope
    if (grant == null) return
    const toWall = Date.now() - monotonicMs()
    const value: Kept = {
      owner: job.owner,
      grant: Buffer.from(grant).toString('base64'),
      awayUntilMs: Math.round(awayUntilMs + toWall),
      hardAtMs: Math.round(job.hardAtMs + toWall),
      result: jobs.resultOf(job.key)
    }
    wanted.set(job.key, what)
    inOrder(async () => {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      await writeFileAtomic(fileOf(folder, job.key), `${JSON.stringify(value)}\n`)
      if (wanted.has(job.key)) kept.add(job.key)
    })
  }

  function inOrder(task: () => Promise<void>): void {
    writing = writing
      .then(task)
      .catch((error: unknown) => log.warn({ err: error }, 'could not keep a scene that was taken ahead'))
  }

  async function take(name: string): Promise<void> {
    const file = join(folder, name)
    const { owner, grant, awayUntilMs, hardAtMs, result } = keptScene.parse(JSON.parse(await readFile(file, 'utf8')))
    const envelope = new Uint8Array(Buffer.from(grant, 'base64'))
    const lease = await openLease(envelope)
    if (!isGrantedBy(lease, { owner, worker: signer.peerId })) throw new Error('a grant of another worker')
    const { token } = lease
    const key = jobKey(token)
    const hardMs = Math.min(LIMITS.hardMsMax, hardAtMs - Date.now())
    if (hardMs + (result == null ? 0 : LIMITS.aheadKeepMs) <= 0) {
      await rm(file, { force: true })
      return
    }
    claims.restore(key, { envelope, holders: lease.grant.holders })
    const encoded = result != null && (await holdResult(key, result))
    kept.add(key)
    const awayMs = Math.max(0, Math.min(LIMITS.awayMsMax, awayUntilMs - Date.now()))
    const times = { ttlMs: lease.grant.ttlMs, hardMs, awayMs }
    recalled.push({ key, event: { type: 'kept', owner, token, ...times, encoded } })
  }

  async function holdResult(key: string, { sha256, bytes, encodeMs, quantiser }: NonNullable<Kept['result']>) {
    const hold = blobs.hold(sha256)
    const isHere = await blobs.has({ sha256, bytes })
    if (isHere) jobs.restore(key, { result: { ref: { sha256, bytes }, hold }, encodeMs, quantiser })
    else hold.release()
    return isHere
  }

  core.onStep(look)

  return {
    settled: async () => writing,
    recall: async () => {
      const names = await readdir(folder).catch(() => [])
      for (const name of names.filter((one) => one.endsWith('.json')).slice(0, LIMITS.aheadMax))
        await take(name).catch((error: unknown) =>
          log.warn({ file: name, err: error }, 'cannot continue a scene that was taken ahead')
        )
    },
    resume: () => {
      for (const { key, event } of recalled.splice(0)) {
        // Not before: what no job wants is removed.
        wanted.set(key, event.encoded ? 'result' : 'scene')
        core.dispatch({ ...event, nowMs: monotonicMs() })
      }
    }
  }
}

function fileOf(folder: string, key: string): string {
  return join(folder, `${key.replaceAll('/', '-')}.json`)
}
