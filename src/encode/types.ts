import type { StreamChoice } from './rules/stream-choice.ts'
import type {
  EncoderName,
  EncoderParams,
  Position,
  ProgramFacts,
  Rational,
  SceneOptions,
  SourceRange,
  VideoFormat
} from './rules/types.ts'
import type { AnalysisCache } from './prepare/analysis-cache.ts'
import type { SampledFilm } from './prepare/sample.ts'

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
  readonly warnings?: readonly string[] | undefined
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
  /** Which of the zones it lies in. */
  readonly zone: number | undefined
}

/** The part of a source that is kept, on the time line of the source. */
export interface KeptTime {
  readonly startMs: number
  /** Undefined: to the end. */
  readonly endMs: number | undefined
}

/** Everything known once the whole source was decoded. */
export interface AnalysisEnd {
  readonly frames: number
  readonly scenes: number
  /** Presentation time of each frame in milliseconds, on the time line that `joinProject` muxes audio on. With a range it begins at the first frame that is kept. */
  readonly timestampsMs: readonly number[]
  /** Set when there is a range, but not for a sample. */
  readonly kept: KeptTime | undefined
  /** Set for a sample: what it is a sample of. */
  readonly film: SampledFilm | undefined
}

export interface PrepareInput {
  readonly source: SourceInfo
  readonly scenes: SceneOptions
  /** Only these frames are encoded; all numbers of the result count from the first of them. Default: all. */
  readonly range?: SourceRange | undefined
  /** How many scenes are encoded, spread over the frames; they are the project's scenes, one after the other. Default: all. */
  readonly sample?: number | undefined
  /** Where scenes have to start besides. */
  readonly cuts?: readonly Position[] | undefined
  /** Runs of frames that scenes may not reach across, in order, without overlap. */
  readonly zones?: readonly { readonly start: Position; readonly end: Position | undefined }[] | undefined
  readonly cache?: AnalysisCache | undefined
  /** Private, existing folder; everything left in it may be deleted by the caller afterwards. */
  readonly workDir: string
  /** True for scenes whose piece is not needed again: they are planned the same and reported as `skipped`, but no piece is cut. */
  readonly skipPiece: (index: number) => boolean
  /** No piece is wanted at all (`skipPiece` says so of each), and nothing is written into `workDir`. Default false. */
  readonly planOnly?: boolean
  readonly onProgress: (framesAnalysed: number) => void
  /** Makes progressive frames of interlaced ones. */
  readonly deinterlace?: boolean
  /** Hears a sentence about each thing that is found wrong with the source. */
  readonly onWarning?: (sentence: string) => void
}

/** A scene that was prepared by an earlier run: the same frames, no piece. */
export type SkippedScene = Omit<PreparedScene, 'pieceFile' | 'skip'>

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
  /** What was chosen to reach the project's quality; undefined where the parameters say it. */
  readonly quantiser: number | undefined
  readonly encodeMs: number
}

export interface VerifySegmentInput {
  readonly file: string
  readonly encoder: EncoderName
  readonly frames: number
  readonly video: VideoFormat
  readonly bitDepth: number
  /** The source piece to compare it with; undefined where the form is enough. */
  readonly source?: { readonly pieceFile: string; readonly skip: number } | undefined
}

/** How far an encoded scene is from its source, in the samples of the deeper of the two. */
export interface Likeness {
  /** The lowest PSNR of a frame's luma or chroma, in dB; 100 where they are equal. */
  readonly worstFrameDb: number
  /** The same of luma alone. */
  readonly worstLumaDb: number
  /** Mean luma PSNR, in dB. */
  readonly meanDb: number
  /** How much better, in dB, the scene's frames fit the source's one earlier or one later than their own; negative where their own fit best. */
  readonly shiftGainDb: number
  /** The largest mean difference of a 16x16 block of luma, 0 to 1 of the full scale. */
  readonly worstBlock: number
}

export interface VerifiedSegment {
  /** Hex of the first AV1 sequence header OBU, or of what stands for it in VP9 (profile, depth, colour, size); equal for all scenes of a project. */
  readonly sequenceHeader: string
  /** With a source: how like it the pictures are; undefined when they could not be compared, which says nothing against the segment. */
  readonly likeness: Likeness | undefined
}

export interface JoinInput {
  readonly source: SourceInfo
  readonly encoder: EncoderName
  /** IVF files in scene order with their frame counts, and the sha-256 (hex) that each has to have, where it is known. */
  readonly segments: readonly { readonly file: string; readonly frames: number; readonly sha256?: string }[]
  readonly timestampsMs: readonly number[]
  /** What else of the source goes in. Default: everything, as it is. */
  readonly streams?: StreamChoice | undefined
  /** Nothing but the video goes in, no chapters and tags either. Default false. */
  readonly videoOnly?: boolean
  /** Only this part of the other streams is taken, and its start becomes 0. */
  readonly kept?: KeptTime | undefined
  /** Final path, whose ending names the container; must not exist unless `overwrite`. Written under another name beside it first. */
  readonly output: string
  readonly overwrite: boolean
  readonly workDir: string
  /** Called when all is read and checked, before the file gets its name; what it throws ends the join. Default: nothing. */
  readonly confirm?: () => Promise<void>
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
  /** By which parameters are checked; undefined where the program was not asked. */
  readonly facts?: ProgramFacts
}

/** An encoder whose program is here, but does not make what it has to. */
export interface BrokenEncoder {
  readonly name: EncoderName
  readonly program: string
  /** `unknown` where it did not say. */
  readonly version: string
  /** A sentence with the program's own words. */
  readonly problem: string
}

/** What a look at the programs found. */
export interface FoundEncoders {
  readonly installed: readonly InstalledEncoder[]
  readonly broken: readonly BrokenEncoder[]
}
