import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { createJournal, type Journal } from './journal.ts'
import { writeFileAtomic } from '../atomic-file.ts'
import { decodeChecked, encodeChecked } from '../checked-json.ts'
import { sayingWhenFull } from '../disk-errors.ts'
import { createInOrder, type InOrder } from '../../common/in-order.ts'
import { moveOver, syncFolder } from '../../platform/index.ts'
import type { StoredProject, OwnStore } from '../ports.ts'

/** What was found damaged: the job cannot be read, or this many bytes at the end of a log were not records and were cut off. */
export interface OwnDamage {
  readonly projectId: string
  readonly what: 'job' | 'log'
  readonly bytes: number
}

export interface OwnStoreInit {
  /** Called once for each damage found. Default: not called. */
  readonly onDamage?: (damage: OwnDamage) => void
}

const DELETED = '.deleted-'

/** The content of `job.json`; the code that wrote the job reads the job itself. */
const kept = z.strictObject({
  projectId: z.string(),
  job: z.unknown(),
  // JSON has no undefined: before the analysis it is left out.
  timestampsMs: z
    .array(z.number())
    .nullish()
    .transform((times) => times ?? undefined)
})

/** Projects in `<folder>/<project id>/`: `job.json`, and the journal `log`. Outside of the database on purpose (ADR 0012). */
export async function createOwnStore(folder: string, { onDamage }: OwnStoreInit = {}): Promise<OwnStore> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  for (const name of await readdir(folder))
    if (name.startsWith(DELETED)) await rm(join(folder, name), { recursive: true, force: true })
  const journals = new Map<string, Journal>()
  const orders = new Map<string, InOrder>()

  function inOrder(projectId: string): InOrder {
    const order = orders.get(projectId) ?? createInOrder()
    orders.set(projectId, order)
    return order
  }

  function folderOf(projectId: string): string {
    if (!/^[a-z0-9]{1,128}$/i.test(projectId)) throw new RangeError('not the id of a project')
    return join(folder, projectId)
  }

  function journal(projectId: string): Journal {
    const known = journals.get(projectId)
    if (known != null) return known
    const opened = createJournal(join(folderOf(projectId), 'log'), {
      onDamage: (bytes) => onDamage?.({ projectId, what: 'log', bytes })
    })
    journals.set(projectId, opened)
    return opened
  }

  async function makeFolder(projectId: string): Promise<void> {
    const made = await mkdir(folderOf(projectId), { recursive: true, mode: 0o700 })
    if (made != null) await syncFolder(folder)
  }

  async function readJob(projectId: string): Promise<StoredProject | undefined> {
    let text
    try {
      text = await readFile(join(folderOf(projectId), 'job.json'), 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
    const read = kept.safeParse(decodeChecked(text))
    if (read.success && read.data.projectId === projectId) return read.data
    onDamage?.({ projectId, what: 'job', bytes: Buffer.byteLength(text) })
    return undefined
  }

  async function ids(): Promise<string[]> {
    const entries = await readdir(folder, { withFileTypes: true })
    return entries.flatMap((entry) => (entry.isDirectory() && !entry.name.startsWith(DELETED) ? [entry.name] : []))
  }

  return {
    projects: ids,
    put: async (project) =>
      inOrder(project.projectId)(async () =>
        sayingWhenFull(async () => {
          await makeFolder(project.projectId)
          await writeFileAtomic(join(folderOf(project.projectId), 'job.json'), encodeChecked(project))
        })
      ),
    all: async () => {
      const projects: StoredProject[] = []
      for (const projectId of await ids()) {
        const project = await readJob(projectId)
        if (project != null) projects.push(project)
      }
      return projects
    },
    append: async (projectId, envelope) =>
      inOrder(projectId)(async () => {
        await sayingWhenFull(async () => makeFolder(projectId))
        await journal(projectId).append(envelope)
      }),
    records: async (projectId) => inOrder(projectId)(async () => journal(projectId).records()),
    journalBytes: async (projectId) =>
      stat(join(folderOf(projectId), 'log')).then(
        ({ size }) => size,
        (error: NodeJS.ErrnoException) => {
          if (error.code === 'ENOENT') return 0
          throw error
        }
      ),
    delete: async (projectId) =>
      inOrder(projectId)(async () => {
        await journals.get(projectId)?.close()
        journals.delete(projectId)
        // Renamed in one step: a crash half-way must not leave a job without its log.
        const aside = join(folder, `${DELETED}${randomUUID()}`)
        try {
          await moveOver(folderOf(projectId), aside)
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
          throw error
        }
        await syncFolder(folder)
        await rm(aside, { recursive: true, force: true })
      }),
    close: async () => {
      await Promise.all([...journals.values()].map(async (one) => one.close()))
    }
  }
}
