import { mkdir, rm } from 'node:fs/promises'

/** Removes a folder of unfinished work; missing is fine. */
export async function removeFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true })
}

/** An empty folder that only this user can read. */
export async function freshFolder(path: string): Promise<void> {
  await removeFolder(path)
  await mkdir(path, { recursive: true, mode: 0o700 })
}
