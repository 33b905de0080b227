import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { createListeners } from '../common/listeners.ts'
import { ApiRefusal } from '../api/refusal.ts'
import { writeFileAtomic } from '../storage/index.ts'
import { mannerNames, type Manners, mannerText } from '../api/manners/index.ts'
import type { NodeChange } from '../api/ports.ts'
import type { BandwidthLimits } from '../swarm/index.ts'
import type { Config } from './config/types.ts'
import { createInOrder } from '../common/in-order.ts'

export interface NodeControlInit {
  readonly file: string
  /** `--workers` as it was given. */
  readonly workers: Config['workers']
  /** How many slots that is. */
  readonly slots: number
  /** As they were given at the start. */
  readonly manners: Manners
  /** Limits as they were given. Default: none. */
  readonly limits?: BandwidthLimits
}

/** What the user wants of this node. A pause, slots and limits that were set while it ran survive a restart. */
export interface NodeControl {
  readonly slots: number
  readonly paused: boolean
  readonly draining: boolean
  readonly manners: Manners
  readonly limits: BandwidthLimits
  /** @throws ApiRefusal `not-kept`: it counts now, but could not be written down. */
  change: (change: NodeChange) => Promise<void>
  /** Until `paused` is set to false, or the node is started again. */
  drain: () => void
  /** Called after each change; a drain changes nothing that a user may set. */
  onChange: (listener: (change: NodeChange) => void) => void
}

const NO_LIMITS: BandwidthLimits = { upload: 0, download: 0 }

const rate = z.int().min(0)
const limits = z.object({ upload: rate, download: rate })

const sameLimits = (a: BandwidthLimits, b: BandwidthLimits): boolean =>
  a.upload === b.upload && a.download === b.download

const kept = z.object({
  paused: z.boolean(),
  /** Set over the API while `--workers` was as it says; another `--workers` later is the newer word. */
  slots: z.object({ count: z.int().min(0).max(1024), workers: z.union([z.number(), z.literal('auto')]) }).optional(),
  /** The same for the limits, and the options that they were set in place of. */
  limits: z.object({ chosen: limits, given: limits }).optional(),
  /** Set over the API while the node was started with `given`; another start later is the newer word. */
  manners: z.partialRecord(z.literal(mannerNames), z.object({ text: z.string(), given: z.string() })).optional()
})

type KeptManners = NonNullable<z.infer<typeof kept>['manners']>

/** What was set and still counts. */
function stillSet(before: KeptManners, given: Manners): KeptManners {
  const counts = mannerNames.filter(
    (name) => before[name]?.given === given[name] && mannerText(name).safeParse(before[name].text).success
  )
  return Object.fromEntries(counts.map((name) => [name, before[name]]))
}

export async function createNodeControl({
  file,
  workers,
  slots,
  manners,
  limits: given = NO_LIMITS
}: NodeControlInit): Promise<NodeControl> {
  const found = kept.safeParse(parse(await readFile(file, 'utf8').catch(() => '')))
  const before: z.infer<typeof kept> = found.success ? found.data : { paused: false }
  const changes = createListeners<NodeChange>()
  const inOrder = createInOrder()
  let { paused } = before
  let draining = false
  let set = stillSet(found.success ? (found.data.manners ?? {}) : {}, manners)
  let chosen = before.slots?.workers === workers ? before.slots : undefined
  let limited = before.limits !== undefined && sameLimits(before.limits.given, given) ? before.limits : undefined

  async function keep(): Promise<void> {
    try {
      await inOrder(async () =>
        writeFileAtomic(file, `${JSON.stringify({ paused, slots: chosen, limits: limited, manners: set })}\n`)
      )
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
    get limits() {
      return limited?.chosen ?? given
    },
    get paused() {
      return paused
    },
    get draining() {
      return draining
    },
    get manners() {
      return { ...manners, ...Object.fromEntries(Object.entries(set).map(([name, { text }]) => [name, text])) }
    },
    change: async (change) => {
      for (const name of mannerNames) {
        const text = change.manners?.[name]
        if (text !== undefined) set = { ...set, [name]: { text, given: manners[name] } }
      }
      if (change.paused != null) paused = change.paused
      if (change.paused === false) draining = false
      if (change.slots != null) chosen = { count: change.slots, workers }
      const { uploadLimit, downloadLimit } = change
      if (uploadLimit != null || downloadLimit != null) {
        const { upload, download } = limited?.chosen ?? given
        limited = { chosen: { upload: uploadLimit ?? upload, download: downloadLimit ?? download }, given }
      }
      changes.tell(change)
      await keep()
    },
    drain: () => {
      draining = true
      changes.tell({})
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
