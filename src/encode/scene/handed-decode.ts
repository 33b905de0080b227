import { ENCODERS, handedVideo, type VideoFormat } from '../rules/index.ts'
import { type PieceDecode, startPieceDecode, type Y4mTarget } from '../programs/decode.ts'
import { MediaError } from '../programs/errors.ts'
import { hashOfFrames } from '../programs/frame-hash.ts'
import type { ProcessEnd } from '../programs/process.ts'
import type { RunOptions } from '../programs/run-options.ts'
import type { PassInput } from './types.ts'

/** The format of the frames that a scene's encoder is handed. */
export const handedOf = ({ encoder, params, video }: PassInput): VideoFormat =>
  handedVideo(ENCODERS[encoder], params, video)

/**
 * Decodes a scene into the frames that its encoder is handed, which may be deeper than the project's.
 * @param options `fileBytesMax` is of a file that they go to
 */
export function startHandedDecode(
  input: PassInput,
  y4m: Y4mTarget,
  options: RunOptions & { readonly fileBytesMax?: number }
): PieceDecode {
  const { video, threads, nice } = input
  const handed = handedOf(input)
  const shifted = handed.pixelFormat === video.pixelFormat ? undefined : { from: video, to: handed }
  // A decoder takes less time for a frame than an encoder, so it needs no more threads.
  return startPieceDecode(input, { ...options, y4m, threads, nice, shifted })
}

/**
 * The hashes are of the frames that go to the encoder: their number and their content.
 * @throws MediaError `input-mismatch` when they are not those of the owner
 */
export function checkFrames({ stderrTail }: ProcessEnd, hashes: readonly string[], input: PassInput): void {
  if (hashes.length !== input.frames) {
    const counts = `${hashes.length} frames, not ${input.frames}`
    throw new MediaError('input-mismatch', `The source piece decodes to ${counts}.`, { stderrTail })
  }
  if (input.inputHash !== undefined && hashOfFrames(hashes) !== input.inputHash) {
    const other = "The source piece decodes to different frames here than on its owner's machine."
    throw new MediaError('input-mismatch', other, { stderrTail })
  }
}
