import { z } from 'zod'

/** Layout of a manifest as this version writes and reads it. */
export const MANIFEST_VERSION = 1

const TEXT_CHARS_MAX = 8192
const SCENES_MAX = 1_000_000

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const count = z.int().nonnegative()
const word = z.string().max(256)
const text = z.string().max(TEXT_CHARS_MAX)

const scene = z.strictObject({
  /** Its first frame in the film, from 0. */
  start: count,
  /** The same in the source. */
  sourceStart: count,
  frames: z.int().positive(),
  /** Of the decoded frames of the source, as the project announced it. */
  inputHash: sha256,
  /** The encoder's output, an IVF file. */
  segment: z.strictObject({ sha256, bytes: count }),
  /** Hash of its packets in the film: sha-256 over the hex sha-256 of each packet, a line each. */
  packets: sha256,
  /** Complete: its zone's where it has one. */
  params: text,
  /** What was chosen to reach the quality that the parameters ask for. */
  quantiser: z.int().optional(),
  /** `<encoder>/<version>/<hash>`, as the worker's claim said. */
  build: word,
  /** Peer id. */
  encodedBy: word,
  /** Peer id of the one who encoded it again, to the same bytes. */
  confirmedBy: word.optional(),
  encodeMs: count,
  /** Measured against the source by its owner, in dB, by metric: `psnr`, the lowest luma PSNR of a frame, `psnrMean`, that of all frames together, and `xpsnr`. Absent where nothing was measured. */
  quality: z.record(z.string().max(32), z.number()).optional()
})

const video = z.strictObject({
  width: z.int().positive(),
  height: z.int().positive(),
  /** Of the frames that are encoded, as ffmpeg names it. */
  pixelFormat: word,
  bitDepth: z.int().positive(),
  fps: z.strictObject({ num: z.int().positive(), den: z.int().positive() }),
  colour: z.strictObject({
    primaries: word.optional(),
    transfer: word.optional(),
    matrix: word.optional(),
    range: word.optional()
  }),
  /** The frames of which it is made, where they are others: their size and depth, and the part of them that is taken. */
  madeOf: z
    .strictObject({
      width: z.int().positive(),
      height: z.int().positive(),
      bitDepth: z.int().positive(),
      crop: z.strictObject({ x: count, y: count, width: z.int().positive(), height: z.int().positive() }).optional()
    })
    .optional()
})

/** What the owner of a film says about it, without the signature. */
export const manifestBody = z.strictObject({
  grav1Manifest: z.literal(MANIFEST_VERSION),
  /** Peer id of the node that made the film; its key signs. */
  owner: word,
  project: z.strictObject({ id: word, createdAtMs: count }),
  film: z.strictObject({ bytes: count, sha256, frames: z.int().positive() }),
  source: z.strictObject({
    /** Without its folder. */
    name: z.string().max(1024),
    bytes: count,
    /** sha-256 of its length and of samples from its beginning to its end; absent where none were taken. */
    samples: sha256.optional(),
    /** Number of the video track that was asked for, from 1; absent where none was. */
    videoTrack: z.int().positive().optional()
  }),
  video,
  encoding: z.strictObject({
    encoder: word,
    params: text,
    /** Of the owner's program. */
    build: word,
    builds: z.enum(['same', 'compatible']),
    threads: z.enum(['any', 'one']),
    /** In the order in which they are applied. */
    filters: z.array(z.enum(['deinterlace'])).max(16)
  }),
  /** Versions of what made the file; `unknown` where a program does not say. */
  programs: z.strictObject({ grav1: word, ffmpeg: word, mkvmerge: word }),
  scenes: z.array(scene).min(1).max(SCENES_MAX)
})

/** A manifest file. */
export const manifestFile = manifestBody.extend({
  /** An envelope around the sha-256 of the canonical bytes of the rest, in base64. */
  signature: z.base64().max(4096)
})

export type ManifestBody = Readonly<z.infer<typeof manifestBody>>
export type ManifestFile = Readonly<z.infer<typeof manifestFile>>
export type ManifestScene = Readonly<z.infer<typeof scene>>
