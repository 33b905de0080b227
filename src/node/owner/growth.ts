import { watch } from 'node:fs'
import { stat } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { monotonicMs } from '../../common/clock.ts'
import { waitFor } from '../../common/wait.ts'
import type { RunOptions } from '../../encode/index.ts'

/** An older file is complete: whoever writes one writes more often. Clocks of file servers are off by less. */
const RECENT_MS = 10_000
/** How long a recent one is looked at. */
const OBSERVED_MS = 1_500
/** A file that is waited for is complete when it did not change for so long. */
const QUIET_MS = 10_000
/** Least time between two looks at a file that keeps changing. */
const BREATH_MS = 1_000

export interface GrowthInit {
  /** Default 10 s. */
  readonly recentMs?: number
  /** Default 1.5 s. */
  readonly observedMs?: number
}

export interface QuietInit {
  /** Default 10 s. */
  readonly quietMs?: number
  /** Default 1 s. */
  readonly breathMs?: number
}

/** What tells that a file was written to; undefined where there is none. */
type Look = { readonly size: number; readonly mtimeMs: number; readonly ino: number } | undefined

async function lookAt(path: string): Promise<Look> {
  const { size, mtimeMs, ino } = await stat(path).catch(() => ({ size: -1, mtimeMs: 0, ino: 0 }))
  return size === -1 ? undefined : { size, mtimeMs, ino }
}

const differs = (a: Look, b: Look): boolean => a?.size !== b?.size || a?.mtimeMs !== b?.mtimeMs || a?.ino !== b?.ino

/** A time in the future comes from a clock that is ahead, and counts as recent. */
const isRecent = (look: Look, ms: number): boolean => look !== undefined && Date.now() - look.mtimeMs < ms

/** Until something happens to a file, or the time is over: file systems of the network and files that are not there tell nothing. @throws the signal's reason */
async function stirred(path: string, ms: number, signal: AbortSignal): Promise<void> {
  return waitFor<void>((done) => {
    const timer = setTimeout(done, ms)
    const watcher = watchFile(path, () => done())
    return () => {
      clearTimeout(timer)
      watcher?.close()
    }
  }, signal)
}

function watchFile(path: string, onChange: () => void) {
  try {
    const watcher = watch(path, { persistent: false }, onChange)
    watcher.on('error', () => {})
    return watcher
  } catch {
    return undefined
  }
}

/** Whether a file is another one than `before` within some time. */
async function changesWithin(path: string, before: Look, ms: number, signal: AbortSignal): Promise<boolean> {
  const until = monotonicMs() + ms
  do {
    await stirred(path, Math.max(until - monotonicMs(), 0), signal)
    if (differs(before, await lookAt(path))) return true
  } while (monotonicMs() < until)
  return false
}

/** Whether somebody still writes to a file. One that was last written to a while ago is not looked at for longer than a moment. */
export async function isGrowing(
  path: string,
  { signal, recentMs = RECENT_MS, observedMs = OBSERVED_MS }: GrowthInit & RunOptions
): Promise<boolean> {
  const before = await lookAt(path)
  return isRecent(before, recentMs) && changesWithin(path, before, observedMs, signal)
}

/** Whether a file counts as complete at the first look. */
export async function isQuiet(path: string, { quietMs = QUIET_MS }: QuietInit = {}): Promise<boolean> {
  const look = await lookAt(path)
  return look !== undefined && !isRecent(look, quietMs)
}

/**
 * Waits until a file is complete: it is there, and did not change for a while.
 * @param onLook told whether it is there
 * @throws the signal's reason
 */
export async function untilComplete(
  path: string,
  onLook: (isThere: boolean) => void,
  { signal, quietMs = QUIET_MS, breathMs = BREATH_MS }: QuietInit & RunOptions
): Promise<void> {
  for (;;) {
    const look = await lookAt(path)
    onLook(look !== undefined)
    if (look !== undefined && !isRecent(look, quietMs)) return
    const changed = await changesWithin(path, look, quietMs, signal)
    if (!changed && look !== undefined) return
    // Not at each of a thousand writes a second.
    if (changed) await pause(breathMs, undefined, { signal })
  }
}
