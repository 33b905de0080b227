import { ParamsError } from '../errors.ts'
import { atBitDepth } from '../pixel-format.ts'
import type { EncoderModule, EncoderParams, VideoFormat } from '../types.ts'

/**
 * Bits per sample of the encoded video: what the parameters ask for, otherwise as the source.
 * @throws ParamsError `bad-depth` when the parameters ask for fewer bits than the source has, which neither encoder can do
 */
export function outputBitDepth(params: EncoderParams, video: Pick<VideoFormat, 'bitDepth'>): number {
  const depth = params.bitDepth ?? video.bitDepth
  if (depth < video.bitDepth) {
    throw new ParamsError(
      'bad-depth',
      `--bit-depth=${depth} is less than the ${video.bitDepth} bits of the source, and the encoder cannot reduce them.`
    )
  }
  return depth
}

/** The same frames with so many bits per sample. */
export function atDepth(video: VideoFormat, bitDepth: number): VideoFormat {
  return bitDepth === video.bitDepth
    ? video
    : { ...video, bitDepth, pixelFormat: atBitDepth(video.pixelFormat, bitDepth) }
}

/** The frames as an encoder's program is handed them: the source's, in the depth of the output where it does not convert them itself. */
export function handedVideo(
  { inputDepth }: Pick<EncoderModule, 'inputDepth'>,
  params: EncoderParams,
  video: VideoFormat
): VideoFormat {
  return atDepth(video, inputDepth?.(params, video) ?? video.bitDepth)
}
