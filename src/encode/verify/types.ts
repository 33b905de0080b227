import type { PieceFrames } from '../programs/decode.ts'
import type {
  EncoderName,
  EncoderParams,
  FramesSeen,
  Likeness,
  QualityMetric,
  SceneQuality,
  VideoFormat
} from '../rules/index.ts'

export interface VerifySegmentInput {
  readonly file: string
  readonly encoder: EncoderName
  readonly frames: number
  readonly video: VideoFormat
  readonly bitDepth: number
  /** What the scene was to be encoded with, the chosen quantiser included; undefined: its frame headers are not compared with that. */
  readonly params?: EncoderParams | undefined
  /** The metric of the scene's target quality; SSIM and XPSNR are measured only where it is one of them. */
  readonly metric?: QualityMetric | undefined
  /** The source piece to compare it with; undefined where the form is enough. */
  readonly source?: Omit<PieceFrames, 'frames'> | undefined
  /** What the comparison is for: a verdict, or only to tell people how good it is, which costs half as much. Default `verdict`. */
  readonly purpose?: 'verdict' | 'quality' | undefined
}

export interface VerifiedSegment {
  /** Hex of the first AV1 sequence header OBU, or of its VP9 equivalent (profile, depth, colour, size); equal for all scenes of a project. */
  readonly sequenceHeader: string
  /** With a source, for a verdict: how close the frames are to it; undefined if they could not be compared, which does not count against the segment. */
  readonly likeness: Likeness | undefined
  /** With a source: what people are told of that. */
  readonly quality: SceneQuality
  /** What its frame headers say; undefined without parameters. */
  readonly frames?: FramesSeen | undefined
}
