import type { Job, Token, WorkerEvent, WorkerState } from '../../../src/swarm/protocol/index.ts'
import type { Host } from './host.ts'
import { openSimLease } from './keys.ts'

const PREFIX = 'ahead/'
const RETRY_MS = 2000

/** What the observer sees of it on a disk. */
export interface KeptScene {
  readonly owner: string
  /** Base64. */
  readonly grant: string
  /** Times of day. */
  readonly awayUntilMs: number
  readonly hardAtMs: number
  readonly result?: { readonly sha256: string; readonly encodeMs: number } | undefined
}

export interface RecalledScene extends KeptScene {
  readonly key: string
  readonly token: Token
  readonly event: Extract<WorkerEvent, { type: 'kept' }>
}

/** Undefined where nothing of a job is kept, or half of it. */
export function keptOn(files: Pick<Host['disk']['files'], 'read'>, key: string): KeptScene | undefined {
  const bytes = files.read(PREFIX + key)
  try {
    return bytes == null ? undefined : (JSON.parse(new TextDecoder().decode(bytes)) as KeptScene)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Hashes of the results that are kept, by the keys of their jobs. */
export const keptResults = (files: Pick<Host['disk']['files'], 'read' | 'keys'>): [key: string, sha256: string][] =>
  files.keys(PREFIX).flatMap((file): [string, string][] => {
    const key = file.slice(PREFIX.length)
    const { result } = keptOn(files, key) ?? {}
    return result == null ? [] : [[key, result.sha256]]
  })

/** What a simulated worker took ahead of a sleep, on its disk: what `worker/ahead-book.ts` is to a node. */
export class SimAhead {
  readonly #host: Host
  readonly #describe: (job: Job) => Pick<KeptScene, 'grant' | 'result'> | undefined
  /** By the key of the job: what its file holds, or will. */
  readonly #wanted = new Map<string, 'scene' | 'result'>()
  readonly #kept = new Set<string>()

  constructor(host: Host, describe: (job: Job) => Pick<KeptScene, 'grant' | 'result'> | undefined) {
    this.#host = host
    this.#describe = describe
  }

  isKept(key: string): boolean {
    return this.#kept.has(key)
  }

  look(state: WorkerState): void {
    for (const key of this.#wanted.keys()) if (!state.jobs.has(key)) this.#forget(key)
    for (const job of state.jobs.values()) {
      const what = job.stage === 'delivering' ? 'result' : 'scene'
      if (job.ahead && this.#wanted.get(job.key) !== what) this.#keep(job, what, state)
    }
  }

  /** What earlier runs left, one scene after the other: each has to be handed to the rules before the next is asked for. */
  *recall(has: (sha256: string) => boolean): Generator<RecalledScene> {
    const { disk, scope } = this.#host
    for (const key of disk.files.keys(PREFIX).map((file) => file.slice(PREFIX.length))) {
      const kept = keptOn(disk.files, key)
      if (kept == null) continue
      const { token, grant } = openSimLease(Buffer.from(kept.grant, 'base64'))
      const encoded = kept.result != null && has(kept.result.sha256)
      this.#wanted.set(key, encoded ? 'result' : 'scene')
      this.#kept.add(key)
      const hardMs = kept.hardAtMs - scope.wallMs()
      const awayMs = Math.max(0, kept.awayUntilMs - scope.wallMs())
      const { ttlMs } = grant
      const nowMs = scope.monotonicMs()
      const { owner } = kept
      yield { ...kept, key, token, event: { type: 'kept', owner, token, ttlMs, hardMs, awayMs, encoded, nowMs } }
    }
  }

  #keep(job: Job, what: 'scene' | 'result', state: WorkerState): void {
    const described = this.#describe(job)
    if (described == null) return
    this.#wanted.set(job.key, what)
    const { scope } = this.#host
    const toWall = scope.wallMs() - scope.monotonicMs()
    const awayUntilMs = (state.away.get(job.token.projectId)?.untilMs ?? scope.monotonicMs()) + toWall
    const kept: KeptScene = { owner: job.owner, ...described, awayUntilMs, hardAtMs: job.hardAtMs + toWall }
    this.#write(job.key, what, new TextEncoder().encode(JSON.stringify(kept)))
  }

  #write(key: string, what: 'scene' | 'result', bytes: Uint8Array): void {
    const { disk, scope } = this.#host
    disk.files.write(PREFIX + key, bytes, { sync: true }, (error) => {
      if (this.#wanted.get(key) !== what) return
      if (error == null) this.#kept.add(key)
      else scope.after(RETRY_MS, () => this.#wanted.get(key) === what && this.#write(key, what, bytes))
    })
  }

  #forget(key: string): void {
    this.#wanted.delete(key)
    this.#kept.delete(key)
    this.#host.disk.files.delete(PREFIX + key, {})
  }
}
