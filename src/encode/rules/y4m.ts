import { frameBytes, pixelLayout } from './pixel-format.ts'
import type { VideoFormat } from './types.ts'

/** Longest stream header; ffmpeg writes about 80 bytes. */
export const Y4M_HEADER_BYTES_MAX = 256

/** The line before each frame. */
export const Y4M_FRAME_MARK = 'FRAME\n'

/**
 * The stream header that encoders get, always built from the project's format: the one that a decoder writes depends on what each piece's container happens to say of
 * frame rate, interlacing and chroma siting, and encoders copy some of that into the bitstream.
 */
export function y4mHeader(video: VideoFormat): string {
  const layout = pixelLayout(video.pixelFormat)
  if (layout === undefined) throw new RangeError(`y4m does not carry ${video.pixelFormat}`)
  const deep = layout.bitDepth > 8 ? `p${layout.bitDepth}` : layout.chroma === '420' ? 'jpeg' : ''
  const range =
    video.colour.range === 'pc' ? ' XCOLORRANGE=FULL' : video.colour.range === 'tv' ? ' XCOLORRANGE=LIMITED' : ''
  return `YUV4MPEG2 W${video.width} H${video.height} F${video.fps.num}:${video.fps.den} Ip A1:1 C${layout.chroma}${deep}${range}\n`
}

/** At most, of `frames` frames under their header. */
export const y4mBytesMax = (video: VideoFormat, frames: number): number =>
  Y4M_HEADER_BYTES_MAX + frames * (Y4M_FRAME_MARK.length + frameBytes(video))

/** Whether a decoder's stream header (without its newline) announces frames of this format's size and sampling. */
export function y4mHeaderFits(header: string, video: VideoFormat): boolean {
  const layout = pixelLayout(video.pixelFormat)
  const fields = header.split(' ')
  if (layout === undefined || fields[0] !== 'YUV4MPEG2') return false
  const chroma = /^C(420|422|444)(?:p(10|12))?/.exec(fields.find((field) => field.startsWith('C')) ?? '')
  return (
    fields.includes(`W${video.width}`) &&
    fields.includes(`H${video.height}`) &&
    chroma?.[1] === layout.chroma &&
    Number(chroma[2] ?? 8) === layout.bitDepth
  )
}
