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
  /** What the scene should have been encoded with, the chosen quantiser included. Undefined: frame headers are not checked. */
  readonly params?: EncoderParams | undefined
  /** The metric of the scene's target quality. SSIM and XPSNR are measured only if this names them. */
  readonly metric?: QualityMetric | undefined
  /** The source piece to compare with. Undefined: nothing is compared. */
  readonly source?: Omit<PieceFrames, 'frames'> | undefined
  /** What the comparison is for: a verdict, or figures for people, which cost half as much. Default `verdict`. */
  readonly purpose?: 'verdict' | 'quality' | undefined
}

export interface VerifiedSegment {
  /** Hex of the first AV1 sequence header OBU, or of its VP9 equivalent (profile, depth, colour, size); equal for all scenes of a project. */
  readonly sequenceHeader: string
  /** How close the frames are to the source, where a verdict was asked for. Undefined if they could not be compared, which does not count against the segment. */
  readonly likeness: Likeness | undefined
  /** The figures for people; `UNMEASURED` where nothing was compared. */
  readonly quality: SceneQuality
  /** What the frame headers say; undefined without parameters. */
  readonly frames?: FramesSeen | undefined
}
