import { z } from 'zod'
import { count, estimate, sceneNumber } from './common.ts'

const videoInfo = z.object({
  codec: z.string(),
  width: count,
  height: count,
  fpsNum: count,
  fpsDen: count,
  /** From the container; exact only where `scenes` is complete. */
  framesEstimated: count,
  durationSeconds: count,
  pixelFormat: z.string(),
  bitDepth: count,
  /** ffmpeg's names; empty where the source says nothing. */
  primaries: z.string(),
  transfer: z.string(),
  matrix: z.string(),
  range: z.string(),
  /** Top or bottom field first; null where the video is progressive. */
  fieldOrder: z.enum(['tff', 'bff']).nullable()
})

const streamInfo = z.object({
  index: count,
  type: z.enum(['audio', 'subtitle', 'attachment']),
  codec: z.string(),
  channels: count.nullable(),
  title: z.string(),
  /** Among the tracks of its type, from 1: what `audioTracks`, `subtitleTracks` and `audio` name it by. */
  number: count,
  /** As the source writes it; empty where it says nothing. */
  language: z.string(),
  /** In the finished file; null where the submission would be refused. */
  becomes: z.enum(['copy', 'drop', 'opus']).nullable(),
  /** kbit/s of a track that becomes Opus. */
  kbps: count.nullable()
})

const box = z.object({ x: count, y: count, width: count, height: count })

/** What was measured of the black bars. */
const bars = z.object({
  /** The picture without them; null where there are none. */
  crop: box.nullable(),
  /** A smaller picture that this share of the film has, 0 to 1. */
  smaller: z.object({ crop: box, share: z.number() }).nullable(),
  /** Measured frames. */
  frames: count,
  /** One of them, whole, as a JPEG in base64; null where it could not be made. */
  still: z.string().nullable()
})

/** What a submission would become. Nothing is announced or kept, except the analysis of the source, which the next submission uses. */
export const dryRun = z
  .object({
    accepted: z.boolean(),
    /** Why not; null where it would be accepted. `field` names what of the submission it is about. */
    refusal: z.object({ code: z.string(), detail: z.string(), field: z.string().nullable() }).nullable(),
    /** null where it could not be read. */
    source: z
      .object({
        title: z.string(),
        bytes: count,
        container: z.string(),
        video: videoInfo,
        /** Besides the video. */
        streams: z.array(streamInfo)
      })
      .nullable(),
    /** The next four are null where it was refused. */
    picture: z
      .object({
        width: count,
        height: count,
        bitDepth: count,
        /** The part of the source's picture that is encoded, in its pixels; null for all of it. */
        crop: z.object({ x: count, y: count, width: count, height: count }).nullable()
      })
      .nullable(),
    encoder: z.object({ name: z.string(), build: z.string(), params: z.string() }).nullable(),
    output: z.string().nullable(),
    /** Frames that would be encoded: exact where `scenes` is complete. */
    frames: count.nullable(),
    warnings: z.array(z.string()),
    /** With `crop` `auto`; null where it was not asked, or the time ran out before the end of the film. */
    bars: bars.nullable(),
    /** Only with `?scenes=1`. */
    scenes: z
      .object({
        /** False if the time ran out before the end of the analysis: these are the first ones. */
        complete: z.boolean(),
        items: z.array(
          z.object({
            scene: sceneNumber,
            start: count,
            frames: count,
            /** The complete parameters of this scene; empty if the project's apply. */
            encoderParams: z.string()
          })
        )
      })
      .nullable(),
    /** From scenes that were encoded before by the same build with the same parameters; null where there are none. */
    estimate: z
      .object({
        /** Seconds of encoding in one slot: divide by the slots. */
        encodeSeconds: estimate,
        /** Slots of this node and connected peers that have the encoder. */
        slots: count,
        /** Scenes that it is made from. */
        scenes: count
      })
      .nullable()
  })
  .meta({ id: 'DryRun' })

export type DryRun = z.infer<typeof dryRun>
