import { z } from 'zod'
import { count, sceneNumber } from './common.ts'
import { logLine } from './log.ts'
import { nodeStatus, peerStatus } from './peer.ts'
import { projectStatus } from './project.ts'

/** A scene that changed; `state` is its place in `SCENE_STATES`. */
export const sceneChange = z
  .object({
    scene: sceneNumber,
    frames: count,
    state: z.int().nonnegative(),
    framesDone: count,
    bytes: count,
    encodeMs: count,
    attempts: count,
    psnr: z.number().nullable(),
    psnrMean: z.number().nullable(),
    xpsnr: z.number().nullable(),
    /** Peer id. */
    worker: z.string().nullable()
  })
  .meta({ id: 'SceneChange' })

export type SceneChange = z.infer<typeof sceneChange>

/** `event:` and `data:` of `GET /api/v2/events`. First `hello`, then everything once or what changed since `Last-Event-ID`, then `ready`, then changes. */
export const liveEvent = z
  .discriminatedUnion('event', [
    /** `full`: what follows is the complete state, and anything else that a client holds no longer exists. */
    z.object({
      event: z.literal('hello'),
      data: z.object({ boot: z.string(), full: z.boolean(), peerId: z.string(), version: z.string() })
    }),
    z.object({ event: z.literal('ready'), data: z.object({}) }),
    z.object({ event: z.literal('node'), data: nodeStatus }),
    z.object({ event: z.literal('peer'), data: peerStatus }),
    z.object({ event: z.literal('peer-gone'), data: z.object({ peerId: z.string() }) }),
    z.object({ event: z.literal('project'), data: projectStatus }),
    z.object({ event: z.literal('project-gone'), data: z.object({ projectId: z.string() }) }),
    /** Only of projects that the client asked for with `?film=<id>`; at first all scenes, in pages of at most 500. */
    z.object({
      event: z.literal('scenes'),
      data: z.object({ projectId: z.string(), scenes: z.array(sceneChange) })
    }),
    /** Only with `?logs=<level>`. */
    z.object({ event: z.literal('log'), data: logLine })
  ])
  .meta({ id: 'LiveEvent' })

export type LiveEvent = z.infer<typeof liveEvent>
