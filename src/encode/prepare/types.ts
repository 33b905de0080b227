import type {
  FoundBars,
  KeptTime,
  PictureFilters,
  Position,
  SceneOptions,
  SourceInfo,
  SourceRange
} from '../rules/index.ts'

export interface PrepareInput {
  readonly source: SourceInfo
  readonly scenes: SceneOptions
  /** Only these frames are encoded; all numbers of the result count from the first of them. Default: all. */
  readonly range?: SourceRange | undefined
  /** How many scenes are encoded, spread over the frames; they are the project's scenes, one after the other. Default: all. */
  readonly sample?: number | undefined
  /** Frames that the whole source has to have. Default: any number. */
  readonly expectedFrames?: number | undefined
  /** Where scenes have to start besides. */
  readonly cuts?: readonly Position[] | undefined
  /** Runs of frames that scenes may not reach across, in order, without overlap. */
  readonly zones?: readonly { readonly start: Position; readonly end: Position | undefined }[] | undefined
  readonly cache?: AnalysisCache | undefined
  /** Private, existing folder; everything left in it may be deleted by the caller afterwards. */
  readonly workDir: string
  /** True for scenes whose piece is not needed again: they are planned the same and reported as `skipped`, but no piece is cut. */
  readonly skipPiece: (index: number) => boolean
  /** No pieces are needed (`skipPiece` is true for each), and nothing is written into `workDir`. Default false. */
  readonly planOnly?: boolean
  /** Awaited before a piece is cut; the function that it returns is called when the piece is made, or failed. Default: nothing. */
  readonly beforePiece?: () => Promise<() => void>
  readonly onProgress: (framesAnalysed: number) => void
  /** Makes progressive frames of interlaced ones. */
  readonly deinterlace?: boolean
  /** What is made of the frames before they are encoded. Default: nothing. */
  readonly picture?: PictureFilters | undefined
  /** Called with a sentence about each fault of the source. */
  readonly onWarning?: (sentence: string) => void
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
  /** Index of its zone. */
  readonly zone: number | undefined
}

/** A scene that was prepared by an earlier run: the same frames, no piece. */
export type SkippedScene = Omit<PreparedScene, 'pieceFile' | 'skip'>

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
  /** The source's frame with which each scene begins. */
  readonly starts: readonly number[]
}

/** The film that a sample represents. */
export interface SampledFilm {
  readonly frames: number
  readonly scenes: number
}

/** Scenes come in order, `scene` or `skipped`, the first while the source is still being analysed; `end` is the last event. */
export type PrepareEvent =
  | { readonly type: 'scene'; readonly scene: PreparedScene }
  | { readonly type: 'skipped'; readonly scene: SkippedScene }
  | { readonly type: 'end'; readonly end: AnalysisEnd }

/** The result of one decode of the source: every frame's hash and time, and the detected cuts. */
interface AnalysisData {
  readonly hashes: readonly string[]
  readonly timesMs: readonly number[]
  /** Frames that start a detected scene. */
  readonly cuts: readonly number[]
}

/** The earlier result; only its beginning unless `complete`. */
export interface KnownAnalysis extends AnalysisData {
  readonly complete: boolean
}

/** An analysis that may still run and grow. */
export interface Analysis extends AnalysisData {
  /** So many frames are hashed and have passed the detector. */
  readonly known: () => number
  readonly ended: () => boolean
  /** Whether it went to the end of the source. */
  readonly complete: () => boolean
  /** Ends it with the frames that are known by now. */
  readonly enough: () => void
  /** Resolves when there is more, or it ended. */
  readonly changed: () => Promise<void>
  /** Resolves when all is there; rejects when the source cannot be decoded, and with DamageFound at the first complaint unless care is taken. */
  readonly done: Promise<void>
}

/** Analyses of sources that were submitted before, so that another submission of the same source need not decode it for its scenes. It only saves time: the result is the same without. */
export interface AnalysisCache {
  /** Undefined when there is none, or it is damaged. */
  readonly load: (key: string) => Promise<KnownAnalysis | undefined>
  /** Keeps it if there is room; the least recently used are deleted. A failure leaves nothing behind and is not an error. */
  readonly save: (key: string, analysis: Analysis) => Promise<void>
  readonly forget: (key: string) => Promise<void>
  /** What was measured of a source's bars; undefined when nothing is kept, or it is damaged. */
  readonly loadBars: (key: string) => Promise<FoundBars | undefined>
  /** As `save`. */
  readonly saveBars: (key: string, found: FoundBars) => Promise<void>
}
