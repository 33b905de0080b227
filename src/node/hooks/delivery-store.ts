import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { writeFileAtomic } from '../../storage/index.ts'

const delivery = z.object({
  id: z.string().regex(/^[0-9a-f]{32}$/),
  url: z.string(),
  event: z.string(),
  /** A project's status; whoever made it has checked it. */
  project: z.record(z.string(), z.unknown()),
  createdAtMs: z.number()
})

/** What one address is to be told. */
export type Delivery = Readonly<z.infer<typeof delivery>>

/** Deliveries that were not taken yet, a small file each. */
export interface DeliveryStore {
  put: (delivery: Delivery) => Promise<void>
  delete: (id: string) => Promise<void>
  /** The oldest first; what cannot be read is removed. */
  all: () => Promise<Delivery[]>
}

export async function createDeliveryStore(folder: string): Promise<DeliveryStore> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const fileOf = (id: string): string => join(folder, `${id}.json`)
  return {
    put: async (one) => writeFileAtomic(fileOf(one.id), JSON.stringify(one)),
    delete: async (id) => rm(fileOf(id), { force: true }),
    all: async () => {
      const found: Delivery[] = []
      for (const name of await readdir(folder)) {
        const text = await readFile(join(folder, name), 'utf8')
        const parsed = delivery.safeParse(readJson(text))
        if (parsed.success) found.push(parsed.data)
        else await rm(join(folder, name), { force: true })
      }
      return found.toSorted((a, b) => a.createdAtMs - b.createdAtMs)
    }
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
