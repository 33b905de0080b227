import { z } from 'zod'
import { count, sceneNumber, timeMs } from './common.ts'

export const chronicleKind = z
  .enum([
    'started',
    'submitted',
    'accepted',
    'refused',
    'scene-failed',
    'completed',
    'failed',
    'cancelled',
    'peer-came',
    'peer-went',
    'disk-full',
    'disk-ok',
    'sleep',
    'awake',
    'rest',
    'rest-over',
    'fewer-slots'
  ])
  .meta({ id: 'ChronicleKind' })

/** So many of the newest events are kept. */
export const CHRONICLE_EVENTS_MAX = 3000

/** Something that happened at this node. */
export const chronicleEvent = z
  .object({
    /** Counts up over restarts. */
    number: count,
    atMs: timeMs,
    kind: chronicleKind,
    /** A sentence for people, with the names as they were then. */
    text: z.string(),
    projectId: z.string().nullable(),
    scene: sceneNumber.nullable(),
    /** Peer id. */
    peerId: z.string().nullable()
  })
  .meta({ id: 'ChronicleEvent' })

export type ChronicleEvent = z.infer<typeof chronicleEvent>

/** How fast everybody was at a moment, and how much was left. */
export const chronicleSample = z
  .object({
    atMs: timeMs,
    /** Frames a second by peer id. */
    fps: z.record(z.string(), count),
    /** Frames that are left by project id. */
    left: z.record(z.string(), count)
  })
  .meta({ id: 'ChronicleSample' })

export type ChronicleSample = z.infer<typeof chronicleSample>

/** Events and samples, the oldest first. */
export const chronicle = z
  .object({ events: z.array(chronicleEvent), samples: z.array(chronicleSample) })
  .meta({ id: 'Chronicle' })

export type Chronicle = z.infer<typeof chronicle>
