import { ParamsError } from '../errors.ts'
import type { EncoderParams, VideoFormat } from '../types.ts'

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
