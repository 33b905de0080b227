import { rm } from 'node:fs/promises'

/** A file that may be deleted at any time. */
export interface CachedFile {
  readonly path: string
  readonly bytes: number
  readonly usedAtMs: number
}

/** Deletes the longest unused files until the rest takes no more than that. */
export async function removeUnused(files: readonly CachedFile[], bytesMax: number): Promise<void> {
  let bytes = 0
  for (const file of files.toSorted((a, b) => b.usedAtMs - a.usedAtMs)) {
    bytes += file.bytes
    if (bytes > bytesMax) await rm(file.path, { force: true })
  }
}
