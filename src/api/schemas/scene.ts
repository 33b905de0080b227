import { z } from 'zod'
import { count, sceneNumber, timeMs } from './common.ts'

/** Where a scene is. In columns it is given as the number of its place in this list. */
export const SCENE_STATES = ['waiting', 'leased', 'pass-1', 'pass-2', 'verifying', 'done', 'failed'] as const

/** `leased`: a worker has it and no frame is encoded yet. */
export const sceneState = z.enum(SCENE_STATES).meta({ id: 'SceneState' })

export type SceneState = z.infer<typeof sceneState>

export const sceneStatus = z
  .object({
    scene: sceneNumber,
    /** First frame in the film (with a range: in the range), and how many. */
    start: count,
    frames: count,
    state: sceneState,
    /** The complete parameters of this scene; empty if the project's apply. */
    encoderParams: z.string(),
    /** The quantiser that its worker chose, if the project has a target quality. */
    quantiser: z.number().nullable(),
    /** Peer id of the worker that encodes or encoded it; null if there is none yet. */
    worker: z.string().nullable(),
    /** Frames of the running pass; all of them once it is done. */
    framesDone: count,
    /** 0 until it is done. */
    bytes: count,
    kbps: count.nullable(),
    encodeSeconds: count.nullable(),
    /** Lowest luma PSNR of its frames against the source, in dB; only where this node compared it. */
    psnr: z.number().nullable(),
    /** PSNR of the luma of all its frames together; as `psnr`. */
    psnrMean: z.number().nullable(),
    /** XPSNR of luma and chroma, weighted 6:1:1, in dB; as `psnr`, and only in a film that aims at an XPSNR. */
    xpsnr: z.number().nullable(),
    /** Leases given so far, as far as this node knows. */
    attempts: count,
    sha256: z.string().nullable(),
    /** Peer id of the one who encoded the scene once more, to the same bytes; null where nobody did. */
    provedBy: z.string().nullable()
  })
  .meta({ id: 'Scene' })

export type SceneStatus = z.infer<typeof sceneStatus>

/** `superseded`: another result was first. `withdrawn`: it was accepted, and its worker, or the one that proved it, was caught later. */
export const verdict = z.enum([
  'running',
  'verifying',
  'accepted',
  'refused',
  'failed',
  'released',
  'expired',
  'superseded',
  'withdrawn'
])

export const sceneAttempt = z
  .object({
    epoch: count,
    attempt: count,
    worker: z.string(),
    encoderBuild: z.string(),
    startedAtMs: timeMs.nullable(),
    endedAtMs: timeMs.nullable(),
    /** Seconds of encoding, as the worker reports. */
    encodeSeconds: count.nullable(),
    bytes: count.nullable(),
    verdict,
    /** Why, for people: what the encoder said last, or what was wrong with the result. */
    reason: z.string()
  })
  .meta({ id: 'Attempt' })

export type SceneAttempt = z.infer<typeof sceneAttempt>

export const sceneDetail = sceneStatus
  .extend({
    /** Of the decoded frames that it is encoded from. */
    inputHash: z.string(),
    pieceBytes: count,
    /** This node holds the encoded scene. */
    here: z.boolean(),
    /** What this node knows about each attempt, the oldest first; a project's owner knows all of them. */
    history: z.array(sceneAttempt)
  })
  .meta({ id: 'SceneDetail' })

export type SceneDetail = z.infer<typeof sceneDetail>

/** Why a scene is not done. */
export const sceneWhy = z
  .object({
    scene: sceneNumber,
    state: sceneState,
    /** One sentence. */
    summary: z.string(),
    /** Which workers failed it and how, and what delays it, one sentence each. */
    details: z.array(z.string()),
    /** What happens next, and in how many seconds where that is known; null when it is done. */
    next: z.object({ what: z.string(), inSeconds: count.nullable() }).nullable()
  })
  .meta({ id: 'Why' })

export type SceneWhy = z.infer<typeof sceneWhy>

/** A whole film in columns, one entry a scene: a fraction of the size of as many objects. */
export const filmColumns = z
  .object({
    projectId: z.string(),
    /** Frames of each scene. */
    frames: z.array(count),
    /** Place in `SCENE_STATES`. */
    state: z.array(z.int().nonnegative()),
    framesDone: z.array(count),
    bytes: z.array(count),
    encodeMs: z.array(count),
    attempts: z.array(count),
    psnr: z.array(z.number().nullable()),
    psnrMean: z.array(z.number().nullable()),
    xpsnr: z.array(z.number().nullable()),
    /** Place in `workers`; -1 for nobody. */
    worker: z.array(z.int()),
    workers: z.array(z.string())
  })
  .meta({ id: 'Film' })

export type FilmColumns = z.infer<typeof filmColumns>

/** One bar of the time line: a worker had a scene. */
export const timelineEntry = z
  .object({
    projectId: z.string(),
    scene: sceneNumber,
    worker: z.string(),
    startedAtMs: timeMs,
    /** null while it runs. */
    endedAtMs: timeMs.nullable(),
    verdict
  })
  .meta({ id: 'TimelineEntry' })

export type TimelineEntry = z.infer<typeof timelineEntry>
