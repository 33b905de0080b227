import type { EncoderName, EncoderParams, FramesSeen, VideoFormat } from '../rules/index.ts'

export interface VerifySegmentInput {
  readonly file: string
  readonly encoder: EncoderName
  readonly frames: number
  readonly video: VideoFormat
  readonly bitDepth: number
  /** What the scene was to be encoded with, the chosen quantiser included; undefined: its frame headers are not compared with that. */
  readonly params?: EncoderParams | undefined
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
  /** Hex of the first AV1 sequence header OBU, or of its VP9 equivalent (profile, depth, colour, size); equal for all scenes of a project. */
  readonly sequenceHeader: string
  /** With a source: how close the frames are to it; undefined if they could not be compared, which does not count against the segment. */
  readonly likeness: Likeness | undefined
  /** What its frame headers say; undefined without parameters. */
  readonly frames?: FramesSeen | undefined
}
