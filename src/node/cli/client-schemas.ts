import { z } from 'zod'
import type { PeerStatus, Problem, ProjectStatus, SampleEstimate, SwarmStatus } from '../../api/types.ts'

const count = z.number().nonnegative()

/** A peer as a node's API gives it. */
export const peerStatus = z.object({
  peerId: z.string(),
  name: z.string(),
  version: z.string(),
  connected: z.boolean(),
  addresses: z.array(z.string()),
  slots: count,
  busy: count,
  encoders: z.array(z.string()),
  health: z.literal(['ok', 'disk-full'])
}) satisfies z.ZodType<PeerStatus>

const estimate = z.object({ likely: count, low: count, high: count })
const sample = z.object({
  filmFrames: count,
  filmScenes: count,
  scenes: z.array(z.object({ scene: count, frames: count, bytes: count, kbps: count, encodeSeconds: count })),
  bytes: estimate.nullable(),
  encodeSeconds: estimate.nullable()
}) satisfies z.ZodType<SampleEstimate>

/** A project as a node's API gives it. */
export const projectStatus = z.object({
  projectId: z.string(),
  title: z.string(),
  owner: z.string(),
  own: z.boolean(),
  state: z.literal(['analysing', 'encoding', 'joining', 'completed', 'failed', 'cancelled']),
  stale: z.boolean(),
  reason: z.string(),
  encoder: z.string(),
  encoderParams: z.string(),
  priority: z.number(),
  createdAtMs: z.number(),
  endedAtMs: z.number().nullable(),
  frames: count,
  totalFrames: count,
  planned: z.boolean(),
  scenes: z.object({ total: count, done: count, running: count, failed: count }),
  fps: count,
  etaSeconds: count.nullable(),
  bytes: count,
  kbps: count.nullable(),
  estimatedBytes: count.nullable(),
  outputPath: z.string().nullable(),
  outputSha256: z.string().nullable(),
  outputBytes: count.nullable(),
  failures: z.array(z.object({ scene: count, attempts: count, reason: z.string() })),
  warnings: z.array(z.string()).default([]),
  sample: sample.nullable().default(null),
  running: z.array(z.object({ scene: count, worker: z.string(), pass: count, frames: count })),
  workers: z.record(z.string(), count)
}) satisfies z.ZodType<ProjectStatus>

/** Everything a node knows. */
export const swarmStatus = z.object({
  node: peerStatus.extend({ bootstrap: z.string(), uptimeSeconds: count, rssBytes: count }),
  peers: z.array(peerStatus),
  projects: z.array(projectStatus)
}) satisfies z.ZodType<SwarmStatus>

/** Answer to a submission. */
export const submitted = z.object({ projectId: z.string().min(1), warnings: z.array(z.string()).default([]) })

/** The part of a refusal that is shown. */
export const problem = z.object({ detail: z.string(), code: z.string() }) satisfies z.ZodType<
  Pick<Problem, 'detail' | 'code'>
>
