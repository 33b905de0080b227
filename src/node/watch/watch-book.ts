import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { createInOrder } from '../../common/in-order.ts'
import { writeFileAtomic } from '../../storage/index.ts'

const entry = z.strictObject({
  path: z.string(),
  bytes: z.number(),
  mtimeMs: z.number(),
  /** Of the project that it became; null where it was refused. */
  projectId: z.string().nullable(),
  /** Why it was refused; empty where it was not. */
  reason: z.string(),
  /** The folder's settings at that time. */
  settings: z.string(),
  tries: z.int(),
  atMs: z.number()
})

/** What became of a film of a watched folder. */
export type WatchEntry = Readonly<z.infer<typeof entry>>

/** A film as it lies there, with the settings of its folder. */
export type WatchedFilm = Pick<WatchEntry, 'path' | 'bytes' | 'mtimeMs' | 'settings'>

/** Times that a film is tried that was refused for a reason of this node. */
export const TRIES_MAX = 3
/** The oldest are forgotten: a film that lies there all the time would be submitted again, and attach to its project. */
const ENTRIES_MAX = 20_000

const file = z.strictObject({ version: z.literal(1), films: z.array(entry) })

/** Which films of watched folders were submitted; it outlives a restart. */
export interface WatchBook {
  /** Whether a film is to be submitted: it is new, or was refused as another file or with other settings, or may do better now. */
  readonly isDue: (film: WatchedFilm) => boolean
  readonly note: (film: WatchedFilm, end: Pick<WatchEntry, 'projectId' | 'reason'>) => Promise<void>
}

const isSameFile = (a: WatchedFilm, b: WatchedFilm): boolean => a.bytes === b.bytes && a.mtimeMs === b.mtimeMs

async function read(path: string): Promise<readonly WatchEntry[]> {
  const text = await readFile(path, 'utf8').catch(() => '')
  try {
    return file.parse(JSON.parse(text)).films
  } catch {
    // Without it films are submitted again, and attach to their projects.
    return []
  }
}

/** @param path of the file that keeps it */
export async function openWatchBook(path: string): Promise<WatchBook> {
  const entries = new Map((await read(path)).map((one) => [one.path, one]))
  /** Tried in this run: not again before the next. */
  const tried = new Set<string>()
  /** Films are submitted side by side, and there is one file. */
  const inOrder = createInOrder()

  return {
    isDue: (film) => {
      const before = entries.get(film.path)
      if (before === undefined || !isSameFile(before, film)) return true
      if (before.projectId !== null) return false
      if (before.settings !== film.settings) return true
      return before.tries < TRIES_MAX && !tried.has(film.path)
    },
    note: async (film, { projectId, reason }) => {
      const before = entries.get(film.path)
      const isAgain = before !== undefined && isSameFile(before, film) && before.settings === film.settings
      tried.add(film.path)
      entries.delete(film.path)
      entries.set(film.path, { ...film, projectId, reason, tries: isAgain ? before.tries + 1 : 1, atMs: Date.now() })
      const [oldest] = entries.keys()
      if (entries.size > ENTRIES_MAX && oldest !== undefined) entries.delete(oldest)
      await inOrder(async () => writeFileAtomic(path, JSON.stringify({ version: 1, films: [...entries.values()] })))
    }
  }
}
