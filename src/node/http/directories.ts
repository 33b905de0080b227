import { opendir, realpath, stat } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { byName, isVideoName } from '../../common/video-names.ts'
import { isBelow } from './media-paths.ts'
import type { DirectoriesPort } from '../../api/ports.ts'
import type { Directory, DirectoryEntry } from '../../api/schemas/index.ts'

const ENTRIES_MAX = 1000
/** Names of one folder that are looked at: sorting needs them all. */
const NAMES_MAX = 20_000

/** The folders and video files below the media folders. What is hidden or leads out of them is not there. */
export function createDirectories(media: readonly string[]): DirectoriesPort {
  const isInside = (real: string): boolean => media.includes(real) || isBelow(real, media)

  /** Undefined for what is hidden, gone, leads outside, or is neither folder nor video. */
  async function entryOf(folder: string, name: string): Promise<DirectoryEntry | undefined> {
    const path = join(folder, name)
    try {
      const real = await realpath(path)
      if (!isInside(real)) return undefined
      const found = await stat(real)
      const base = { name, path, modifiedMs: Math.round(found.mtimeMs) }
      if (found.isDirectory()) return { ...base, type: 'folder', bytes: null }
      const isVideo = found.isFile() && isVideoName(name)
      return isVideo ? { ...base, type: 'file', bytes: found.size } : undefined
    } catch {
      return undefined
    }
  }

  async function namesIn(folder: string): Promise<{ readonly names: readonly string[]; readonly more: boolean }> {
    const names: string[] = []
    let seen = 0
    for await (const { name } of await opendir(folder)) {
      seen += 1
      if (seen > NAMES_MAX) return { names, more: true }
      if (!name.startsWith('.')) names.push(name)
    }
    return { names, more: false }
  }

  async function show(folder: string): Promise<Directory> {
    const { names, more } = await namesIn(folder)
    const entries: DirectoryEntry[] = []
    // In turns: a folder of thousands does not ask the disk for all of them at once.
    for (const name of names.toSorted(byName)) {
      const entry = await entryOf(folder, name)
      if (entry != null) entries.push(entry)
      if (entries.length > ENTRIES_MAX) break
    }
    const isMore = more || entries.length > ENTRIES_MAX
    const shown = entries.slice(0, ENTRIES_MAX)
    const of = (type: DirectoryEntry['type']): DirectoryEntry[] => shown.filter((entry) => entry.type === type)
    return {
      path: folder,
      parent: media.includes(folder) ? null : dirname(folder),
      entries: [...of('folder'), ...of('file')],
      more: isMore
    }
  }

  return {
    list: async (path) => {
      if (path == null || path === '') {
        const entries = media.map((root): DirectoryEntry => ({
          name: root,
          path: root,
          type: 'folder',
          bytes: null,
          modifiedMs: null
        }))
        return { path: null, parent: null, entries, more: false }
      }
      if (path.includes('\0')) return undefined
      const real = await realpath(path).catch(() => undefined)
      if (real == null || !isInside(real) || isHidden(real, media)) return undefined
      return show(real).catch(() => undefined)
    }
  }
}

function isHidden(path: string, roots: readonly string[]): boolean {
  const root = roots.find((one) => one === path || isBelow(path, [one])) ?? path
  return relative(root, path)
    .split(sep)
    .some((part) => part.startsWith('.'))
}
