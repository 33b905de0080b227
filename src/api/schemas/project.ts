import { z } from 'zod'
import { count, estimate, sceneNumber, timeMs } from './common.ts'
import { idleCode } from './peer.ts'

/** Where a project stands. `queued` waits for its turn to be prepared, and `reason` says how many films come before it. `analysing` scenes may already be encoded; `waiting` needs something that `reason` names, and loses nothing. */
export const projectState = z
  .enum(['queued', 'analysing', 'encoding', 'joining', 'waiting', 'completed', 'failed', 'cancelled'])
  .meta({ id: 'ProjectState' })

export type ProjectState = z.infer<typeof projectState>

/** What goes on with a project now. `checking` looks at the last results, when nothing is encoded any more. */
export const projectPhase = z.enum(['analysing', 'encoding', 'checking', 'joining']).meta({ id: 'ProjectPhase' })

export type ProjectPhase = z.infer<typeof projectPhase>

export const sampleEstimate = z
  .object({
    filmFrames: count,
    filmScenes: count,
    scenes: z.array(
      z.object({
        scene: sceneNumber,
        frames: count,
        bytes: count,
        kbps: count,
        /** Seconds that its worker took, in one slot. */
        encodeSeconds: count
      })
    ),
    /** Bytes of the whole film's video; null before the first scene. */
    bytes: estimate.nullable(),
    /** Seconds of encoding in one slot as fast as those that the sample had: divide by the slots. */
    encodeSeconds: estimate.nullable()
  })
  .meta({ id: 'SampleEstimate' })

export type SampleEstimate = z.infer<typeof sampleEstimate>

export const projectStatus = z
  .object({
    projectId: z.string(),
    /** Base name of the source. */
    title: z.string(),
    /** Peer id of the owner. */
    owner: z.string(),
    /** True when this node owns it; only then paths are given. */
    own: z.boolean(),
    state: projectState,
    /** This node knew more about the project before it restarted; it is asking neighbours for the rest. */
    stale: z.boolean(),
    /** When this node last heard of the project from its owner, directly or through others; null for this node's projects, and when not since this node started. */
    heardAtMs: timeMs.nullable().optional(),
    /** What goes on now, in the order of the work; analysing and encoding at once in many films. Empty where nothing does. */
    phases: z.array(projectPhase),
    /** Why it failed or was cancelled, or what it waits for; empty otherwise. */
    reason: z.string(),
    /** Why this node is idle for it, in words; null if nothing prevents the work, if it is working, or if no scene is left. */
    idle: z.object({ code: idleCode, reason: z.string() }).nullable().optional(),
    encoder: z.string(),
    encoderParams: z.string(),
    /** Of its owner. */
    encoderBuild: z.string(),
    /** Passes that its encoder makes over a scene. */
    passes: z.union([z.literal(1), z.literal(2)]),
    /** `same`: the file is the one that a single machine would produce. `compatible`: other builds of the encoder take part, so it is not. */
    builds: z.enum(['same', 'compatible']),
    /** How many finished scenes each build encoded, according to their receipts, most first; empty `build` for receipts that do not name one. */
    madeBy: z.array(z.object({ build: z.string(), scenes: count })),
    /** Frame size in pixels, frames per second as a fraction, bytes of the source. */
    width: count,
    height: count,
    fpsNum: count,
    fpsDen: count,
    sourceBytes: count,
    priority: z.number(),
    createdAtMs: timeMs,
    endedAtMs: timeMs.nullable(),
    /** A finished scene to show a picture of, about a third into the film; null before the first. */
    picture: sceneNumber.nullable().optional(),
    /** Frames of accepted scenes plus the finished share of running ones: a first pass, and the work before the first frame, count for what they cost. */
    frames: count,
    totalFrames: count,
    /** Share of the work that is done, 0 to 1: it is below 1 until the project is completed. */
    share: z.number().min(0).max(1),
    /** False while analysis runs: `totalFrames` is then an estimate and `scenes.total` grows. */
    planned: z.boolean(),
    scenes: z.object({ total: count, done: count, running: count, failed: count }),
    /** Frames per second over the last 30 s, 0 when idle. */
    fps: count,
    /** Seconds until the last frame is encoded; null until enough frames are there to tell, and when all are. */
    etaSeconds: count.nullable(),
    /** Its uncertainty, estimated from the finished scenes; null before the first and once 5 % of the frames are encoded. */
    etaRange: estimate.nullable().optional(),
    /** Bytes of accepted scenes. */
    bytes: count,
    /** Average bitrate of the accepted scenes, and the size of the finished file at it, with its audio on the node that owns the project; null before the first scene. */
    kbps: count.nullable(),
    estimatedBytes: count.nullable(),
    /** The finished file; null until completed or when another node owns it. */
    outputPath: z.string().nullable(),
    outputSha256: z.string().nullable(),
    outputBytes: count.nullable(),
    /** Scenes that no worker could encode, with the last error. */
    failures: z.array(z.object({ scene: sceneNumber, attempts: count, reason: z.string() })),
    /** Sentences about what the film does not keep of the source, and what is wrong with the source, on the node that owns it; and about workers that were caught, on every node. */
    warnings: z.array(z.string()),
    /** What the finished scenes of a sample say about the whole film; null if it is not a sample, or another node owns it. */
    sample: sampleEstimate.nullable(),
    /** The scenes that workers are encoding now: frames of the pass that are done, frames of the scene, and the share of all its work, 0 to 1. */
    running: z.array(
      z.object({
        scene: sceneNumber,
        worker: z.string(),
        pass: count,
        frames: count,
        sceneFrames: count,
        share: z.number().min(0).max(1)
      })
    ),
    /** How many accepted scenes each worker (peer id) has, of the 256 with the most. */
    workers: z.record(z.string(), count),
    /** Scenes that somebody encoded once more, to the same bytes. */
    proved: count,
    /** The last 16 workers that delivered a wrong result, and how many scenes had to be encoded again for it. */
    caught: z.array(z.object({ worker: z.string(), reason: z.string(), scenes: count }))
  })
  .meta({ id: 'Project' })

export type ProjectStatus = z.infer<typeof projectStatus>
