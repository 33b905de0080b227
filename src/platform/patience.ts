import { link, rename, rm } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { type System, thisSystem } from './system.ts'

/** How long to wait for another program that has a file open: virus scanners take a second at most. */
export const PATIENCE_MS = 3_000
const FIRST_WAIT_MS = 20
const WAIT_MS_MAX = 400

export interface PatienceInit {
  readonly system?: System
  readonly wait?: (ms: number) => Promise<unknown>
}

/** Repeats a step that failed because a file is open elsewhere, for {@link PATIENCE_MS} in all. On systems where open files do not block the step, it is tried once. @throws the last error */
export async function patiently<T>(
  step: () => Promise<T>,
  { system = thisSystem, wait = delay }: PatienceInit = {}
): Promise<T> {
  let waited = 0
  for (let ms = FIRST_WAIT_MS; ; ms = Math.min(2 * ms, WAIT_MS_MAX)) {
    try {
      return await step()
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : ''
      if (!system.inUse.includes(code) || waited + ms > PATIENCE_MS) throw error
    }
    await wait(ms)
    waited += ms
  }
}

/** Renames a file or folder; a file of the new name is replaced in one step. */
export const moveOver = (from: string, to: string): Promise<void> => patiently(async () => rename(from, to))

/** Gives a file a second name. @throws the system's error, EEXIST when the name is taken */
export const linkAs = (from: string, to: string): Promise<void> => patiently(async () => link(from, to))

/** Removes a file that may be there. */
export const dropFile = (path: string): Promise<void> => patiently(async () => rm(path, { force: true }))
