import type { FieldOrder } from '../source.ts'
import type { VideoFormat } from '../types.ts'

/** A part of a picture, in pixels; `x` and `y` are its upper left corner. */
export interface PictureBox {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Pixels that are cut off at each edge. */
export interface PictureEdges {
  readonly top: number
  readonly bottom: number
  readonly left: number
  readonly right: number
}

export type PictureDepth = 8 | 10 | 12

/** What a submission asks of the picture, as far as it is known without the source. */
export interface PictureWish {
  readonly crop?: PictureBox | PictureEdges | undefined
  /** A side that is left out follows the shape of the picture. */
  readonly scale?: { readonly width: number | undefined; readonly height: number | undefined } | undefined
  /** The largest picture that is made; smaller ones stay as they are. */
  readonly fit?: { readonly width: number; readonly height: number } | undefined
  readonly depth?: PictureDepth | undefined
}

/** Size and sample format of frames. */
export type FrameFormat = Pick<VideoFormat, 'width' | 'height' | 'pixelFormat' | 'bitDepth'>

/** How decoded frames become the frames that are encoded: a part of them, then at another depth, then in another size. Numbers only; programs get their words from `filterWords`. */
export interface PictureFilters {
  /** The decoded frames. */
  readonly from: FrameFormat
  /** Default: all of it. */
  readonly crop?: PictureBox | undefined
  /** The frames that are encoded. */
  readonly to: FrameFormat
}

/** What of a source the filters depend on. */
export interface FilteredSource {
  readonly video: FrameFormat
  /** Set where frames are encoded as two fields. */
  readonly fieldOrder?: FieldOrder | undefined
}
