import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { createListeners } from '../common/listeners.ts'
import { ApiRefusal } from '../api/refusal.ts'
import { writeFileAtomic } from '../storage/index.ts'
import type { NodeChange } from '../api/ports.ts'
import type { Config } from './config/types.ts'
import { createInOrder } from '../common/in-order.ts'

export interface NodeControlInit {
  readonly file: string
  /** `--workers` as it was given. */
  readonly workers: Config['workers']
  /** How many slots that is. */
  readonly slots: number
}

/** What the user wants of this node as a worker. A pause and slots that were set while it ran survive a restart. */
export interface NodeControl {
  readonly slots: number
  readonly paused: boolean
  readonly draining: boolean
  /** @throws ApiRefusal `not-kept`: it counts now, but could not be written down. */
  change: (change: NodeChange) => Promise<void>
  /** Until `paused` is set to false, or the node is started again. */
  drain: () => void
  /** Called after each change. */
  onChange: (listener: () => void) => void
}

const kept = z.object({
  paused: z.boolean(),
  /** Set over the API while `--workers` was as it says; another `--workers` later is the newer word. */
  slots: z.object({ count: z.int().min(0).max(1024), workers: z.union([z.number(), z.literal('auto')]) }).optional()
})

export async function createNodeControl({ file, workers, slots }: NodeControlInit): Promise<NodeControl> {
  const found = kept.safeParse(parse(await readFile(file, 'utf8').catch(() => '')))
  const before = found.success ? found.data : { paused: false }
  const changes = createListeners<void>()
  const inOrder = createInOrder()
  let { paused } = before
  let draining = false
  let chosen = before.slots?.workers === workers ? before.slots : undefined

  async function keep(): Promise<void> {
    try {
      await inOrder(async () => writeFileAtomic(file, `${JSON.stringify({ paused, slots: chosen })}\n`))
    } catch (cause) {
      throw new ApiRefusal(
        'not-kept',
        503,
        'The change takes effect now but could not be saved, so a restart loses it. The disk may be full.',
        { cause }
      )
    }
  }

  return {
    get slots() {
      return chosen?.count ?? slots
    },
    get paused() {
      return paused
    },
    get draining() {
      return draining
    },
    change: async (change) => {
      if (change.paused != null) paused = change.paused
      if (change.paused === false) draining = false
      if (change.slots != null) chosen = { count: change.slots, workers }
      changes.tell()
      await keep()
    },
    drain: () => {
      draining = true
      changes.tell()
    },
    onChange: (listener) => void changes.add(listener)
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
