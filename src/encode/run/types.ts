import type { EncoderName, EncoderParams, Rational, SceneOptions, VideoFormat } from '../spec/types.ts'

/** Options that every long call takes. */
export interface RunOptions {
  readonly signal: AbortSignal
}

/** Top or bottom field first. */
export type FieldOrder = 'tff' | 'bff'

/** A video file as `probeSource` found it. */
export interface SourceInfo {
  /** Absolute path. */
  readonly path: string
  readonly bytes: number
  readonly mtimeMs: number
  readonly container: string
  readonly codec: string
  readonly video: VideoFormat
  /** Sample (pixel) aspect ratio; 1:1 where the source says nothing. */
  readonly sampleAspect: Rational
  /** From the container, may be wrong; exact once analysed. At least 1. */
  readonly framesEstimated: number
  readonly durationSeconds: number
  /** Which field of an interlaced picture comes first; undefined where the video is progressive. */
  readonly fieldOrder?: FieldOrder | undefined
  /** Sentences about what of the video is not kept as it is. */
  readonly warnings?: readonly string[]
  /** Streams that are carried over: audio, subtitle, attachment counts, for display. */
  readonly otherStreams: { readonly audio: number; readonly subtitle: number; readonly attachment: number }
}

/** A scene that is ready to be announced: its source piece is on disk and was proved to decode to exactly the scene's frames. */
export interface PreparedScene {
  readonly index: number
  readonly start: number
  readonly frames: number
  /** A Matroska file with only the video stream, in `workDir`; the caller takes it over (moves or deletes it). */
  readonly pieceFile: string
  /** Frames to decode and drop before the scene's first frame. */
  readonly skip: number
  /** sha-256 (hex) over the decoded frames' hashes; `encodeScene` recomputes it on the worker. */
  readonly inputHash: string
}

/** Everything known once the whole source was decoded. */
export interface AnalysisEnd {
  readonly frames: number
  readonly scenes: number
  /** Presentation time of each frame in milliseconds, on the time line that `joinProject` muxes audio on. */
  readonly timestampsMs: readonly number[]
}

export interface PrepareInput {
  readonly source: SourceInfo
  readonly scenes: SceneOptions
  /** Private, existing folder; everything left in it may be deleted by the caller afterwards. */
  readonly workDir: string
  /** True for scenes whose piece is not needed again: they are planned the same and reported as `skipped`, but no piece is cut. */
  readonly skipPiece: (index: number) => boolean
  readonly onProgress: (framesAnalysed: number) => void
  /** Makes progressive frames of interlaced ones. */
  readonly deinterlace?: boolean
  /** Hears a sentence about each thing that is found wrong with the source. */
  readonly onWarning?: (sentence: string) => void
}

/** A scene that was prepared by an earlier run: the same frames, no piece. */
export type SkippedScene = Pick<PreparedScene, 'index' | 'start' | 'frames' | 'inputHash'>

/** Scenes come in order, `scene` or `skipped`, the first while the source is still being analysed; `end` is the last event. */
export type PrepareEvent =
  | { readonly type: 'scene'; readonly scene: PreparedScene }
  | { readonly type: 'skipped'; readonly scene: SkippedScene }
  | { readonly type: 'end'; readonly end: AnalysisEnd }

export interface EncodeSceneInput {
  readonly pieceFile: string
  readonly skip: number
  readonly frames: number
  readonly inputHash: string
  readonly encoder: EncoderName
  readonly params: EncoderParams
  readonly video: VideoFormat
  readonly threads: number
  /** Niceness of decoder and encoder, 0..19. */
  readonly nice: number
  /** Private, existing, empty folder. */
  readonly workDir: string
  readonly onProgress: (progress: { readonly pass: 1 | 2; readonly frames: number }) => void
}

export interface EncodedScene {
  /** IVF file in `workDir`; the caller takes it over. */
  readonly file: string
  readonly bytes: number
  readonly sha256: string
  readonly encodeMs: number
}

export interface VerifySegmentInput {
  readonly file: string
  readonly encoder: EncoderName
  readonly frames: number
  readonly video: VideoFormat
  readonly bitDepth: number
}

export interface VerifiedSegment {
  /** Hex of the first AV1 sequence header OBU, or of what stands for it in VP9 (profile, depth, colour, size); equal for all scenes of a project. */
  readonly sequenceHeader: string
}

export interface JoinInput {
  readonly source: SourceInfo
  readonly encoder: EncoderName
  /** IVF files in scene order with their frame counts. */
  readonly segments: readonly { readonly file: string; readonly frames: number }[]
  readonly timestampsMs: readonly number[]
  /** Final path; must not exist unless `overwrite`. Written under another name beside it first. */
  readonly output: string
  readonly overwrite: boolean
  readonly workDir: string
  readonly onProgress: (fraction: number) => void
}

export interface JoinedFile {
  readonly path: string
  readonly bytes: number
  readonly sha256: string
  readonly frames: number
}

/** An encoder as installed here. `build` names what it does: program version and a hash of a tiny canary encode. */
export interface InstalledEncoder {
  readonly name: EncoderName
  readonly program: string
  readonly version: string
  readonly build: string
}
