import type { FrameFormat, PictureFilters } from './types.ts'

/** The same samples under a name that all versions of ffmpeg treat alike: of this size and format, and of limited range, so that none is ever stretched. Frames of another size are brought to it. */
export const plainFrames = ({ width, height, pixelFormat }: FrameFormat): string =>
  `scale=w=${width}:h=${height}:flags=bicubic+accurate_rnd+full_chroma_int+bitexact:in_range=full:out_range=full,format=${pixelFormat},setparams=range=limited`

/** Adds bits by shifting samples up; for plain frames. */
export const shiftedUp = (pixelFormat: string): string =>
  `scale=in_range=limited:out_range=limited:flags=bitexact+accurate_rnd,format=${pixelFormat}`

/** The same bytes in every version that was measured; the chroma is where nearly all video has it, at the left. */
const scaledTo = ({ width, height, pixelFormat }: FrameFormat): string =>
  `scale=w=${width}:h=${height}:flags=lanczos+accurate_rnd+full_chroma_int+full_chroma_inp+bitexact:` +
  `in_h_chr_pos=0:in_v_chr_pos=128:out_h_chr_pos=0:out_v_chr_pos=128,format=${pixelFormat}`

/** ffmpeg's filters for it. All in it is a number or the name of a known format. */
export function filterWords({ from, crop, to }: PictureFilters): string {
  const { x, y, width, height } = crop ?? { x: 0, y: 0, ...from }
  return [
    plainFrames(from),
    ...(crop === undefined ? [] : [`crop=w=${width}:h=${height}:x=${x}:y=${y}:exact=1`]),
    ...(to.bitDepth === from.bitDepth ? [] : [shiftedUp(to.pixelFormat)]),
    ...(width === to.width && height === to.height ? [] : [scaledTo(to)])
  ].join(',')
}

/** Puts the filters behind others, separated as ffmpeg wants it. */
export const withFilters = (filters: string, picture: PictureFilters | undefined): string =>
  picture === undefined ? filters : `${filters},${filterWords(picture)}`
