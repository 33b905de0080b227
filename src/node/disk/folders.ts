import { mkdir, rm } from 'node:fs/promises'

/** Removes a folder of unfinished work; missing is fine. Tried again where a program that just ended, or a virus scanner, still has a file of it open. */
export async function removeFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 5 })
}

/** An empty folder that only this user can read. */
export async function freshFolder(path: string): Promise<void> {
  await removeFolder(path)
  await mkdir(path, { recursive: true, mode: 0o700 })
}
