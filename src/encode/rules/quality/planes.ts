import { pixelLayout } from '../pixel-format.ts'
import type { VideoFormat } from '../types.ts'

export type Samples = Uint8Array | Uint16Array

/** One plane of a picture, rows without padding. */
export interface Plane {
  readonly samples: Samples
  readonly width: number
  readonly height: number
}

/** What of a format says where its planes are. */
export type PlaneFormat = Pick<VideoFormat, 'width' | 'height' | 'pixelFormat'>

/** Luma and both planes of chroma of a frame as decoders write it; samples above 8 bits are two bytes, little-endian, at an even offset. The planes share the bytes. */
export function planesOf(bytes: Uint8Array, { width, height, pixelFormat }: PlaneFormat): readonly Plane[] {
  const layout = pixelLayout(pixelFormat)
  if (layout === undefined) throw new RangeError(`${pixelFormat} has no planes`)
  const isWide = layout.bitDepth > 8
  const samples = isWide ? new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length >> 1) : bytes
  const chroma = {
    width: layout.chroma === '444' ? width : Math.ceil(width / 2),
    height: layout.chroma === '420' ? Math.ceil(height / 2) : height
  }
  let from = 0
  return [{ width, height }, chroma, chroma].map((size) => {
    const to = from + size.width * size.height
    const plane = { ...size, samples: samples.subarray(from, to) }
    from = to
    return plane
  })
}
