import { chmod, mkdir, open, readdir, readFile, realpath, rm, rmdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { uploadName } from './upload-name.ts'
import { writeFileAtomic } from '../../storage/index.ts'

const record = z.object({
  name: z.string().refine((name) => uploadName(name) === name),
  bytes: z.int().positive(),
  createdAtMs: z.number(),
  /** As the browser sent it, to be given back to it. */
  metadata: z.record(z.string(), z.string().nullable())
})

/** An upload that was begun. */
export type UploadRecord = Readonly<z.infer<typeof record>> & { readonly id: string }

/** How far an upload is: undefined when its file is gone. */
export interface UploadProgress {
  readonly received: number
  /** When something last came. */
  readonly touchedAtMs: number
}

/** `<folder>/<id>.json` for each upload, and its file `<folder>/<id>/<name>`. */
export interface UploadRecords {
  readonly folder: string
  readonly all: ReadonlyMap<string, UploadRecord>
  fileOf: (upload: UploadRecord) => string
  /** Counts at once, so that nobody else gets the room. */
  put: (upload: UploadRecord) => Promise<void>
  progressOf: (upload: UploadRecord) => Promise<UploadProgress | undefined>
  /** Waits until all that came is on the disk. */
  flush: (id: string) => Promise<void>
  /** File and record; what was made beside the file stays. */
  remove: (id: string) => Promise<void>
}

export async function openUploadRecords(path: string): Promise<UploadRecords> {
  await mkdir(path, { recursive: true, mode: 0o700 })
  await chmod(path, 0o700)
  // Sources of projects are known by their real paths.
  const folder = await realpath(path)
  const all = new Map<string, UploadRecord>()
  const fileOf = ({ id, name }: Pick<UploadRecord, 'id' | 'name'>): string => join(folder, id, name)
  const jsonOf = (id: string): string => join(folder, `${id}.json`)

  for (const entry of await readdir(folder)) {
    const id = /^([0-9a-f]{32})\.json$/.exec(entry)?.[1]
    if (id == null) continue
    const read = record.safeParse(parse(await readFile(jsonOf(id), 'utf8')))
    if (read.success) all.set(id, { ...read.data, id })
    else await rm(jsonOf(id), { force: true })
  }

  return {
    folder,
    all,
    fileOf,
    put: async (upload) => {
      all.set(upload.id, upload)
      try {
        await mkdir(join(folder, upload.id), { mode: 0o700 })
        const { id: _, ...kept } = upload
        await writeFileAtomic(jsonOf(upload.id), `${JSON.stringify(kept)}\n`)
      } catch (error) {
        all.delete(upload.id)
        throw error
      }
    },
    progressOf: async (upload) => {
      const found = await stat(fileOf(upload)).catch(() => undefined)
      return found == null ? undefined : { received: found.size, touchedAtMs: found.mtimeMs }
    },
    flush: async (id) => {
      const upload = all.get(id)
      const file = upload == null ? undefined : await open(fileOf(upload), 'r+')
      try {
        await file?.sync()
      } finally {
        await file?.close()
      }
    },
    remove: async (id) => {
      const upload = all.get(id)
      // It takes its room until its file is gone.
      if (upload != null) await rm(fileOf(upload), { force: true })
      all.delete(id)
      await rm(jsonOf(id), { force: true })
      // Not empty: a finished film lies in it.
      await rmdir(join(folder, id)).catch(() => {})
    }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
