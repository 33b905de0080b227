import { formatBytes } from '../../common/text.ts'
import { createInOrder } from '../../common/in-order.ts'
import { openUploadRecords, type UploadRecord } from './records.ts'
import { inputOf, UploadRefusal } from './upload-refusal.ts'
import type { UploadsPort } from '../../api/ports.ts'
import type { UploadStatus } from '../../api/schemas/index.ts'
import { type DiskGuard } from '../../storage/index.ts'
import type { Logger } from '../../swarm/index.ts'
import type { Server } from '@tus/server'

export interface UploadsComponents {
  readonly guard: Pick<DiskGuard, 'hasRoom'>
  readonly log: Logger
  /** Whether a project that was not removed has this file as its source. */
  readonly isSource: (path: string) => boolean
}

export interface UploadsInit {
  readonly folder: string
  /** All uploads together; 0 takes none. */
  readonly quotaBytes: number
  /** Default a day. */
  readonly idleMs?: number
}

/** Films that come from a browser, kept until they are the source of no project any more, or nobody goes on with them. */
export interface Uploads extends UploadsPort {
  /** Path of a finished upload that an `input` names. */
  resolve: (input: string) => Promise<string | undefined>
  /** A project with this source was removed: so is the upload, unless another needs it. */
  release: (path: string) => Promise<void>
  /** Removes what nobody needs and nobody goes on with. */
  clean: () => Promise<void>
  /** The same, now and every hour. @returns a function that ends it. */
  start: () => () => void
}

const IDLE_MS = 24 * 3_600_000
const CLEAN_MS = 3_600_000
/** Uploads at once: each is a folder and a file. */
const UPLOADS_MAX = 1000

export async function createUploads({ guard, log, isSource }: UploadsComponents, init: UploadsInit): Promise<Uploads> {
  const { folder, quotaBytes, idleMs = IDLE_MS } = init
  const records = await openUploadRecords(folder)
  /** When a submission named each, which may not have become a project yet. */
  const named = new Map<string, number>()

  async function checkRoom(bytes: number): Promise<void> {
    const others = [...records.all.values()]
    if (others.length >= UPLOADS_MAX) throw new UploadRefusal(507, 'There are too many uploads; delete some.')
    const used = others.reduce((sum, upload) => sum + upload.bytes, 0)
    if (used + bytes > quotaBytes)
      throw new UploadRefusal(
        507,
        `Uploads may use ${formatBytes(quotaBytes)} here, and ${formatBytes(used)} are in use. Delete projects or uploads, or start the node with a larger --upload-quota.`
      )
    const progress = await Promise.all(others.map(async (upload) => records.progressOf(upload)))
    const toCome = others.reduce((sum, upload, index) => sum + upload.bytes - (progress[index]?.received ?? 0), 0)
    if (!(await guard.hasRoom(toCome + bytes)))
      throw new UploadRefusal(507, `There is no room for ${formatBytes(bytes)} on the disk of this node.`)
  }

  // One after the other: each has to see what the one before it took.
  const inOrder = createInOrder()
  const admit = async (upload: UploadRecord): Promise<void> =>
    inOrder(async () => {
      await checkRoom(upload.bytes)
      await records.put(upload)
    })
  let tus: Promise<Server> | undefined
  /** Loaded with the first upload: it takes 5 MB. */
  const loadTus = async (): Promise<Server> => {
    const { createTus } = await import('./tus.ts')
    return createTus({ records, admit })
  }

  async function uploadStatusOf(upload: UploadRecord): Promise<UploadStatus | undefined> {
    const progress = await records.progressOf(upload)
    if (progress == null) return undefined
    const { id, name, bytes, createdAtMs } = upload
    const used = isSource(records.fileOf(upload))
    return {
      id,
      name,
      bytes,
      received: progress.received,
      input: progress.received === bytes ? inputOf(id) : null,
      used,
      createdAtMs,
      expiresAtMs: used ? null : Math.round(progress.touchedAtMs + idleMs)
    }
  }

  async function isLeft(upload: UploadRecord): Promise<boolean> {
    if (isSource(records.fileOf(upload))) return false
    const touchedAtMs = (await records.progressOf(upload))?.touchedAtMs ?? upload.createdAtMs
    return Math.max(touchedAtMs, named.get(upload.id) ?? 0) + idleMs <= Date.now()
  }

  async function remove({ id, bytes }: UploadRecord): Promise<void> {
    await records.remove(id)
    log.info({ upload: id, bytes }, 'removed an unused upload')
  }

  async function clean(): Promise<void> {
    for (const id of named.keys()) if (!records.all.has(id)) named.delete(id)
    for (const upload of records.all.values()) if (await isLeft(upload)) await remove(upload)
  }

  const cleanSoon = (): void => {
    clean().catch((error: unknown) => log.warn({ err: error }, 'could not remove old uploads'))
  }

  return {
    handle: async (request) => {
      const upload = records.all.get(new URL(request.url).pathname.split('/').at(-1) ?? '')
      if (upload != null && request.method === 'DELETE' && isSource(records.fileOf(upload)))
        return new Response('A project uses this upload as its source; delete the project first.\n', { status: 409 })
      return (await (tus ??= loadTus())).handleWeb(request)
    },
    list: async () => {
      const all = await Promise.all([...records.all.values()].map(uploadStatusOf))
      return all.filter((status) => status != null).toSorted((a, b) => a.createdAtMs - b.createdAtMs)
    },
    resolve: async (input) => {
      const upload = records.all.get(/^upload:([0-9a-f]{32})$/.exec(input)?.[1] ?? '')
      if (upload == null || (await records.progressOf(upload))?.received !== upload.bytes) return undefined
      named.set(upload.id, Date.now())
      return records.fileOf(upload)
    },
    release: async (path) => {
      const upload = [...records.all.values()].find((one) => records.fileOf(one) === path)
      if (upload != null && !isSource(path)) await remove(upload)
    },
    clean,
    start: () => {
      cleanSoon()
      const timer = setInterval(cleanSoon, CLEAN_MS)
      timer.unref()
      return () => clearInterval(timer)
    }
  }
}
