import {
  type EncoderParams,
  frameBytes,
  outputBitDepth,
  type VideoFormat,
  Y4M_FRAME_MARK,
  y4mHeader
} from '../rules/index.ts'
import { MediaError } from '../programs/errors.ts'
import { readIvfFile } from '../programs/ivf-file.ts'
import { trialEncode } from '../scene/trial-encode.ts'
import type { RunOptions } from '../programs/run-options.ts'
import { sequenceHeaderOf } from '../verify/verify.ts'

/** With a single one encoders may write the header of a still picture. */
const TRIAL_FRAMES = 2

function* emptyFrames(video: VideoFormat): Generator<Uint8Array, void, undefined> {
  yield Buffer.from(y4mHeader(video))
  const frame = new Uint8Array(frameBytes(video))
  for (let n = 0; n < TRIAL_FRAMES; n += 1) {
    yield Buffer.from(Y4M_FRAME_MARK)
    yield frame
  }
}

/**
 * The sequence header that an encoder writes with some parameters for a video of this format, found by encoding two empty frames of it. It is the same for real pictures.
 * @throws MediaError `encode-failed` with the encoder's own words, or `tool-missing`
 */
export async function trialHeader(params: EncoderParams, video: VideoFormat, options: RunOptions): Promise<string> {
  const clip = { video, frames: TRIAL_FRAMES, y4m: emptyFrames }
  const expected = { encoder: params.encoder, video, bitDepth: outputBitDepth(params, video) }
  const headerOf = async (file: string): Promise<string> => {
    let header: string | undefined
    await readIvfFile(file, (frame) => void (header ??= sequenceHeaderOf(frame, expected)), options)
    if (header === undefined) throw new MediaError('encode-failed', 'The encoder produced no frames.')
    return header
  }
  return trialEncode(params, clip, headerOf, options)
}
