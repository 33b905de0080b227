import type { Rational, VideoFormat } from './types.ts'

/** Top or bottom field first. */
export type FieldOrder = 'tff' | 'bff'

/** A video file as `probeSource` found it. */
export interface SourceInfo {
  /** Absolute path. */
  readonly path: string
  readonly bytes: number
  readonly mtimeMs: number
  readonly container: string
  /** The stream that is the film, as ffprobe counts. */
  readonly videoStream: number
  readonly codec: string
  readonly video: VideoFormat
  /** Sample (pixel) aspect ratio; 1:1 if the source does not give one. */
  readonly sampleAspect: Rational
  /** From the container, may be wrong; exact once analysed. At least 1. */
  readonly framesEstimated: number
  readonly durationSeconds: number
  /** Which field of an interlaced picture comes first; undefined where the video is progressive. */
  readonly fieldOrder?: FieldOrder | undefined
  /** Sentences about what of the video is not kept as it is. */
  readonly warnings?: readonly string[] | undefined
  /** Those of them that a submission has to allow. */
  readonly lost?: readonly string[] | undefined
  /** Streams that are carried over: audio, subtitle, attachment counts, for display. */
  readonly otherStreams: { readonly audio: number; readonly subtitle: number; readonly attachment: number }
}

/** The part of a source that is kept, on the time line of the source. */
export interface KeptTime {
  readonly startMs: number
  /** Undefined: to the end. */
  readonly endMs: number | undefined
}
