import { createReadStream } from 'node:fs'
import { type EncoderParams, frameBytes, type VideoFormat, Y4M_FRAME_MARK, y4mHeader } from '../rules/index.ts'
import type { RunOptions } from '../programs/run-options.ts'
import { tryClip } from './look-at-trial.ts'

export interface TryFramesInput {
  readonly params: EncoderParams
  readonly video: VideoFormat
  /** Raw frames in the format that the encoder is handed, one after the other. */
  readonly file: string
  readonly frames: number
}

async function* asY4m(file: string, video: VideoFormat, frames: number): AsyncGenerator<Uint8Array, void, undefined> {
  yield Buffer.from(y4mHeader(video))
  const bytes = frameBytes(video)
  for (let frame = 0; frame < frames; frame += 1) {
    yield Buffer.from(Y4M_FRAME_MARK)
    const part = createReadStream(file, { start: frame * bytes, end: (frame + 1) * bytes - 1 })
    yield* part as AsyncIterable<Uint8Array>
  }
}

/** Encodes frames of a file with a project's parameters, and looks at the result. @throws MediaError `encode-failed` with the encoder's own words, or `tool-missing` */
export async function tryFrames({ params, video, file, frames }: TryFramesInput, options: RunOptions): Promise<void> {
  await tryClip(params, { video, frames, y4m: (handed: VideoFormat) => asY4m(file, handed, frames) }, options)
}
