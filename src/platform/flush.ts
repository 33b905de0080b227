import { open } from 'node:fs/promises'
import { type System, thisSystem } from './system.ts'

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '')

/** Whether a failed flush of a folder only means that the system has no such flush. */
export const isNoFolderFlush = (error: unknown, system: System = thisSystem): boolean =>
  system.noFolderFlush.includes(codeOf(error))

/** Makes new names in the folder durable, where the system can. @throws the system's error when it can and failed */
export async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r')
    try {
      await folder.sync()
    } finally {
      await folder.close()
    }
  } catch (error) {
    if (!isNoFolderFlush(error)) throw error
  }
}

/** Makes the content of a file durable. It is opened for writing: Windows flushes no other. */
export async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}
