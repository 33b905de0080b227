import { statfs } from 'node:fs/promises'
import { createListeners } from '../common/listeners.ts'
import { waitFor } from '../common/wait.ts'
import { isDiskFull } from './disk-errors.ts'
import type { DiskReporter, DiskState } from './ports.ts'

export const DISK_RESERVE_BYTES = 256 * 1024 * 1024
const CHECK_MS = 10_000
/** There must be twice the reserve before the state ends, or it would flicker. */
const LEAVE_FACTOR = 2

export interface DiskGuardComponents {
  /** Bytes that this user can still write. */
  readonly freeBytes: () => Promise<number>
}

export interface DiskGuardInit {
  /** Below this the disk counts as full. Default 256 MiB. */
  readonly reserveBytes?: number
  /** Time between two checks, in milliseconds. Default 10 s. */
  readonly checkMs?: number
}

/** Knows whether there is room. The disk is full below the reserve, or when a write reports that it found no space; the state ends when a check finds twice the reserve. */
export interface DiskGuard extends DiskReporter {
  /** Called at each change. @returns a function that ends it. */
  onChange: (listener: (state: DiskState) => void) => () => void
  /** Registers what can make room. It is asked before the disk counts as full. @param makeRoom frees about so many bytes; @returns those that it freed */
  onShort: (makeRoom: (bytes: number) => Promise<number>) => void
  /** Checks now whether this many more bytes fit above the reserve. For use before a large write. */
  hasRoom: (bytes: number) => Promise<boolean>
  /** Resolves at once in `ok`. @throws the signal's reason */
  whenThereIsSpace: (signal?: AbortSignal) => Promise<void>
  /** Checks once, then repeatedly until it is stopped. */
  start: () => Promise<void>
  stop: () => void
}

/** For `freeBytes`: what the file system of a folder says. */
export async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}

export function createDiskGuard({ freeBytes }: DiskGuardComponents, init: DiskGuardInit = {}): DiskGuard {
  return new Guard(freeBytes, init.reserveBytes ?? DISK_RESERVE_BYTES, init.checkMs ?? CHECK_MS)
}

class Guard implements DiskGuard {
  readonly #freeBytes: () => Promise<number>
  readonly #reserveBytes: number
  readonly #checkMs: number
  readonly #listeners = createListeners<DiskState>()
  #state: DiskState = 'ok'
  #makeRoom: (bytes: number) => Promise<number> = async () => 0
  #timer: NodeJS.Timeout | undefined

  constructor(freeBytes: () => Promise<number>, reserveBytes: number, checkMs: number) {
    this.#freeBytes = freeBytes
    this.#reserveBytes = reserveBytes
    this.#checkMs = checkMs
  }

  get state(): DiskState {
    return this.#state
  }

  onChange(listener: (state: DiskState) => void): () => void {
    return this.#listeners.add(listener)
  }

  report(error: unknown): boolean {
    if (!isDiskFull(error)) return false
    this.#set('disk-full')
    void this.#recover()
    return true
  }

  onShort(makeRoom: (bytes: number) => Promise<number>): void {
    this.#makeRoom = makeRoom
  }

  async hasRoom(bytes: number): Promise<boolean> {
    const free = await this.#freed(this.#reserveBytes + bytes)
    if (free < this.#reserveBytes) this.#set('disk-full')
    return this.#state === 'ok' && free - bytes >= this.#reserveBytes
  }

  async whenThereIsSpace(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    if (this.#state === 'ok') return
    await waitFor<void>(
      (done) =>
        this.onChange((state) => {
          if (state === 'ok') done()
        }),
      signal
    )
  }

  async start(): Promise<void> {
    // Keeps the process: somebody may wait for space.
    this.#timer ??= setInterval(() => void this.#look(), this.#checkMs)
    await this.#look()
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  /** The state ends only here: a report that contradicts the free space, as with a quota, holds until the next check. */
  async #look(): Promise<void> {
    const wanted = this.#reserveBytes * (this.#state === 'ok' ? 1 : LEAVE_FACTOR)
    const free = await this.#freed(wanted).catch(() => undefined)
    if (free == null) return
    if (free < this.#reserveBytes) this.#set('disk-full')
    else if (free >= this.#reserveBytes * LEAVE_FACTOR) this.#set('ok')
  }

  /** Room is asked for whatever the disk says: where a quota of the user is full, the disk has space. */
  async #recover(): Promise<void> {
    const freed = await this.#makeRoom(this.#reserveBytes * LEAVE_FACTOR).catch(() => 0)
    if (freed > 0) await this.#look()
  }

  /** The free space, after it was asked to be at least this. */
  async #freed(wanted: number): Promise<number> {
    const free = await this.#freeBytes()
    if (free >= wanted) return free
    // Twice, so that the next write does not ask again.
    const freed = await this.#makeRoom(Math.max(wanted, this.#reserveBytes * LEAVE_FACTOR) - free)
    return freed > 0 ? this.#freeBytes() : free
  }

  #set(state: DiskState): void {
    if (this.#state === state) return
    this.#state = state
    this.#listeners.tell(state)
  }
}

/** Runs a write again each time there is space after it found none. The write must leave nothing behind when it fails. @throws any other error, and the signal's reason */
export async function retryWhenFull<T>(
  guard: Pick<DiskGuard, 'report' | 'whenThereIsSpace'>,
  task: () => Promise<T>,
  { signal }: { readonly signal?: AbortSignal } = {}
): Promise<T> {
  while (true) {
    signal?.throwIfAborted()
    try {
      return await task()
    } catch (error) {
      if (!guard.report(error)) throw error
    }
    await guard.whenThereIsSpace(signal)
  }
}
