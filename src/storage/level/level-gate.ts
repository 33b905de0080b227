import { randomBytes } from 'node:crypto'
import { readdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Level } from 'level'
import { diskFull, isDiskFull, sayingWhenFull } from '../disk-errors.ts'
import { StorageError } from '../errors.ts'
import { createInOrder } from '../../common/in-order.ts'
import type { DiskReporter } from '../ports.ts'

/** In addition to the log's content: manifest, new log, a table's overhead. */
const SPARE_BYTES = 1 << 20
/** LevelDB leaves files alone whose names are not its own. */
export const ROOM_FILE = 'room.tmp'

const bucketOf = <V>(level: Level<string, Uint8Array>, name: string, valueEncoding: 'json' | 'view') =>
  level.sublevel<string, V>(name, { keyEncoding: 'utf8', valueEncoding })

export type Bucket<V> = ReturnType<typeof bucketOf<V>>

/**
 * The only way to the database. Writes run one after the other. After a failed one, the handle is closed and reopened before the next:
 * LevelDB then leaves half a record in its log, acknowledges writes behind it, and cannot read them at the next open (ADR 0013).
 */
export interface LevelGate {
  /** A table; it stays valid when the database is reopened. */
  bucket: <V>(name: string, valueEncoding: 'json' | 'view') => Bucket<V>
  /** Runs a read; never while the database is being reopened. */
  read: <T>(task: () => Promise<T>) => Promise<T>
  /** Runs one write. It may run twice, so it must be repeatable. @throws StorageError `no-space`; the same call works when there is space. */
  write: (task: () => Promise<void>) => Promise<void>
  /** Waits for work that has begun. */
  close: () => Promise<void>
}

export interface LevelGateComponents {
  readonly level: Level<string, Uint8Array>
  readonly guard?: DiskReporter | undefined
}

export function createLevelGate({ level, guard }: LevelGateComponents, init: { readonly folder: string }): LevelGate {
  return new Gate(level, guard, init.folder)
}

class Gate implements LevelGate {
  readonly #level: Level<string, Uint8Array>
  readonly #guard: DiskReporter | undefined
  readonly #folder: string
  readonly #buckets: { readonly open: () => Promise<void> }[] = []
  readonly #inOrder = createInOrder()
  #isTorn = false
  #isClosed = false
  #reads = 0
  #readsDone: (() => void) | undefined
  #reopening: Promise<void> | undefined

  constructor(level: Level<string, Uint8Array>, guard: DiskReporter | undefined, folder: string) {
    this.#level = level
    this.#guard = guard
    this.#folder = folder
  }

  bucket<V>(name: string, valueEncoding: 'json' | 'view'): Bucket<V> {
    const bucket = bucketOf<V>(this.#level, name, valueEncoding)
    this.#buckets.push(bucket)
    return bucket
  }

  async read<T>(task: () => Promise<T>): Promise<T> {
    while (this.#reopening != null) await this.#reopening.catch(() => {})
    if (this.#isTorn && this.#level.status === 'closed')
      await this.#inOrder(async () => sayingWhenFull(async () => this.#reopen()))
    this.#reads += 1
    try {
      return await task()
    } finally {
      this.#reads -= 1
      if (this.#reads === 0) this.#readsDone?.()
    }
  }

  async write(task: () => Promise<void>): Promise<void> {
    return this.#inOrder(async () =>
      sayingWhenFull(async () => {
        if (this.#isTorn) await this.#reopen()
        try {
          await task()
        } catch (error) {
          if (!isDisk(error)) throw error
          this.#fail(error)
          await this.#reopen()
          await task().catch((again: unknown) => {
            if (isDisk(again)) this.#fail(again)
            throw again
          })
        }
      })
    )
  }

  async close(): Promise<void> {
    await this.#inOrder(async () => {
      this.#isClosed = true
      await this.#level.close()
    })
  }

  #fail(error: unknown): void {
    this.#isTorn = true
    this.#guard?.report(error)
  }

  async #reopen(): Promise<void> {
    if (!this.#isTorn || this.#isClosed) return
    if (this.#guard?.state === 'disk-full')
      throw diskFull('the disk of the data folder is full; the database waits for space')
    // Tested with a real file, because a quota does not show in the free space. Until there is room, the old handle keeps serving reads.
    await this.#tryRoom()
    this.#reopening = this.#closeAndOpen()
    try {
      await this.#reopening
      this.#isTorn = false
    } catch (cause) {
      this.#guard?.report(cause)
      if (isDiskFull(cause)) throw cause
      throw new StorageError('open-failed', 'the database could not be opened again after a failed write', { cause })
    } finally {
      this.#reopening = undefined
    }
  }

  async #closeAndOpen(): Promise<void> {
    if (this.#reads > 0) await new Promise<void>((resolve) => (this.#readsDone = resolve))
    this.#readsDone = undefined
    // Never opened beside the open one: closing any handle of the lock file would drop the lock.
    await this.#level.close()
    await this.#level.open()
    for (const bucket of this.#buckets) await bucket.open()
  }

  /** Opening writes the log's content as a table; without room for that it would leave no database to read from. */
  async #tryRoom(): Promise<void> {
    const file = join(this.#folder, ROOM_FILE)
    let bytes = SPARE_BYTES
    for (const name of await readdir(this.#folder))
      if (name.endsWith('.log')) bytes += (await stat(join(this.#folder, name))).size
    try {
      // Random bytes, because a compressing file system would find room for anything else.
      await writeFile(file, randomBytes(bytes), { flush: true, mode: 0o600 })
    } catch (error) {
      this.#guard?.report(error)
      throw error
    } finally {
      await rm(file, { force: true })
    }
  }
}

function isDisk(error: unknown): boolean {
  const { code } = error as { code?: string }
  return code === 'LEVEL_IO_ERROR' || code === 'LEVEL_CORRUPTION' || code === 'LEVEL_UNKNOWN'
}
