import { z } from 'zod'
import { submitRequest } from '../../api/schemas/index.ts'
import type { SourceInfo } from '../../encode/index.ts'
import type { StreamChoice, Zone } from '../../encode/rules/index.ts'
import type { StoredProject } from '../../storage/index.ts'
import { filmChoices } from './film-choices.ts'
import type { WaitingSubmission } from './intake.ts'
import type { AnnouncedWish } from './submit.ts'

/** Layout of a job as this version writes it. A change that `job` below cannot read takes the next number and a step in `STEPS`. */
const VERSION = 1

type Fields = Readonly<Record<string, unknown>>

/** What brings a job of a layout to the next one. */
const STEPS: readonly ((job: Fields) => Fields)[] = [
  // Layout 0 had no number, and did not say which stream the film is: it was the first in nearly all files.
  ({ source, ...job }) => ({ ...job, source: typeof source === 'object' ? { videoStream: 0, ...source } : source })
]

/** Every field of a type, so that none is forgotten here when one is added there. */
type Shape<T> = { readonly [Field in keyof Required<T>]: z.ZodType<T[Field]> }

/** JSON has no undefined: such a field is not written. */
const orLeftOut = <T>(schema: z.ZodType<T>) => schema.optional().transform((value) => value)

const length = z.number().nonnegative()
const rational = z.strictObject({ num: z.number(), den: z.number() })
const position = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('frame'), frame: length }),
  z.strictObject({ type: z.literal('time'), ms: z.number() })
])
const sentences = z.array(z.string()).readonly()

const colour = z.strictObject({
  primaries: z.string().optional(),
  transfer: z.string().optional(),
  matrix: z.string().optional(),
  range: z.string().optional()
})

const source = z.strictObject({
  path: z.string().min(1),
  bytes: length,
  mtimeMs: z.number(),
  container: z.string(),
  videoStream: z.int().nonnegative(),
  codec: z.string(),
  video: z.strictObject({
    width: length,
    height: length,
    pixelFormat: z.string(),
    bitDepth: length,
    fps: rational,
    colour
  }),
  sampleAspect: rational,
  framesEstimated: length,
  durationSeconds: z.number(),
  fieldOrder: z.enum(['tff', 'bff']).optional(),
  warnings: sentences.optional(),
  lost: sentences.optional(),
  otherStreams: z.strictObject({ audio: length, subtitle: length, attachment: length })
} satisfies Shape<SourceInfo>)

const sound = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('copy') }),
  z.strictObject({ type: z.literal('drop') }),
  z.strictObject({ type: z.literal('opus'), kbpsPerChannel: orLeftOut(z.number()) })
])

const words = z.array(z.string()).readonly().optional()
const numbers = z.array(z.int().positive()).readonly().optional()

const streams = z.strictObject({
  audio: sound,
  singleAudio: z
    .array(z.strictObject({ track: z.int().positive(), choice: sound }))
    .readonly()
    .optional(),
  audioLang: words,
  audioTracks: numbers,
  subtitles: z.enum(['copy', 'drop']),
  subtitleLang: words,
  subtitleTracks: numbers,
  attachments: z.enum(['copy', 'drop'])
} satisfies Shape<StreamChoice>)

const zone = z.strictObject({
  start: position,
  end: orLeftOut(position),
  params: z.string(),
  label: z.string(),
  notes: sentences.optional()
} satisfies Shape<Zone>)

const job = z.strictObject({
  ...filmChoices.shape,
  source,
  /** Number of the video track that was asked for, from 1; undefined where none was. */
  videoTrack: z.int().positive().optional(),
  /** Samples of the source's bytes at its submission; undefined in jobs that did not keep them. */
  sourceSamples: z.string().optional(),
  /** Absolute path of the file to make. */
  output: z.string().min(1),
  overwrite: z.boolean(),
  /** Where the output's disk is mounted. Default: on the disk of the root, or not looked at. */
  outputMount: z.string().optional(),
  scenes: z.strictObject({ minFrames: length, maxFrames: length, threshold: orLeftOut(z.number()) }),
  /** What besides the video goes into the file. Default: everything, as it is. */
  streams: streams.optional(),
  range: z.strictObject({ from: orLeftOut(position), to: orLeftOut(position) }).optional(),
  cuts: z.array(position).readonly().optional(),
  zones: z.array(zone).readonly().optional(),
  /** What `--crop auto` came to, as `--crop` reads it; undefined where nothing was measured. */
  foundCrop: z.string().optional(),
  /** Bytes of audio in the finished file, estimated; undefined where that could not be found out. */
  soundBytes: length.optional(),
  /** What the sample is of, once that is known. */
  film: z.strictObject({ frames: length, scenes: length }).optional(),
  /** The source's frame with which each scene begins, once that is known. */
  starts: z.array(length).readonly().optional(),
  /** What the range is in the source's time, once that is known. */
  kept: z.strictObject({ startMs: z.number(), endMs: orLeftOut(z.number()) }).optional(),
  /** Sentences about what is not kept as the source has it, or is wrong with it. */
  warnings: sentences.optional(),
  /** Share of the results of other machines that is encoded again, 0 to 1. Default `PROOF_SHARE`. */
  proofs: z.number().min(0).max(1).optional(),
  /** Which scenes of this node's own are compared with their source. Default `some`. */
  measure: z.enum(['some', 'every']).optional(),
  /** Base name of the source, where the announcement does not hold it. */
  title: z.string().optional(),
  /** What the encoder here made of the project's probe clip, once it was asked. */
  probe: z.strictObject({ frames: z.string(), header: z.string() }).optional()
})

/** What an owner was asked to do, kept on its own disk only. */
export type OwnedJob = Readonly<z.infer<typeof job>>

const waiting = z.strictObject({
  projectId: z.string(),
  nonce: z.string(),
  options: submitRequest.extend({ named: z.string().optional() }),
  wish: z.strictObject({
    title: z.string(),
    encoder: z.string(),
    encoderName: z.string(),
    encoderParams: z.string(),
    encoderBuild: z.string(),
    builds: z.enum(['same', 'compatible']),
    priority: z.number(),
    createdAtMs: z.number()
  } satisfies Shape<AnnouncedWish>),
  end: z
    .strictObject({
      state: z.enum(['completed', 'failed', 'cancelled', 'removed']),
      reason: z.string(),
      outputSha256: z.string(),
      outputBytes: length,
      endedAtMs: z.number()
    })
    .optional()
} satisfies Shape<WaitingSubmission>)

/** The job, what it was while it waited for its source, or both at the moment in which it becomes a project. */
const numbered = z.looseObject({ version: z.int().nonnegative().default(0), waiting: waiting.optional() })

/** Why a job that is whole cannot be used. */
export class KeptJobError extends Error {
  override readonly name = 'KeptJobError'
  readonly code: 'too-new' | 'bad-shape'

  constructor(code: KeptJobError['code'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** A project that was read: one with a job, one that waits for its source, or both. */
export interface KeptProject {
  readonly projectId: string
  readonly job: OwnedJob | undefined
  readonly waiting: WaitingSubmission | undefined
  readonly timestampsMs: readonly number[] | undefined
}

/** For the own store. @param waited what it was before, kept until the project is announced */
export const keptProject = (
  projectId: string,
  kept: OwnedJob,
  timestampsMs: readonly number[] | undefined,
  waited?: WaitingSubmission
): StoredProject => ({ projectId, job: { version: VERSION, ...kept, waiting: waited }, timestampsMs })

/** For the own store, as long as there is no job. */
export const keptSubmission = (submission: WaitingSubmission): StoredProject => ({
  projectId: submission.projectId,
  job: { version: VERSION, waiting: submission },
  timestampsMs: undefined
})

/** Reads what the own store has, also as earlier versions wrote it. @throws KeptJobError */
export function readKeptProject({ projectId, job: stored, timestampsMs }: StoredProject): KeptProject {
  const whole = numbered.safeParse(stored)
  if (!whole.success) throw badShape(whole.error)
  const { version, waiting: waited, ...fields } = whole.data
  if (version > VERSION)
    throw new KeptJobError(
      'too-new',
      `it was written by a later version of grav1 (layout ${version}, this version knows ${VERSION})`
    )
  if (waited !== undefined && Object.keys(fields).length === 0)
    return { projectId, job: undefined, waiting: waited, timestampsMs }
  const read = job.safeParse(STEPS.slice(version).reduce<Fields>((now, step) => step(now), fields))
  if (!read.success) throw badShape(read.error)
  return { projectId, job: read.data, waiting: waited, timestampsMs }
}

function badShape(error: z.ZodError): KeptJobError {
  const [issue] = error.issues
  const at = issue?.path.join('.') ?? ''
  return new KeptJobError(
    'bad-shape',
    `${at === '' ? 'the job' : at}: ${issue?.message ?? 'it has an unexpected form'}`,
    {
      cause: error
    }
  )
}
