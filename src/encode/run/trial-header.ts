import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  ENCODERS,
  type EncoderParams,
  frameBytes,
  outputBitDepth,
  type VideoFormat,
  Y4M_FRAME_MARK,
  y4mHeader
} from '../spec/index.ts'
import { prepareFiles } from './encoder-files.ts'
import { MediaError } from './errors.ts'
import { readIvfFile } from './ivf-file.ts'
import { expectSuccess, startProcess } from './process.ts'
import type { RunOptions } from './types.ts'
import { sequenceHeaderOf } from './verify.ts'

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
  const encoder = ENCODERS[params.encoder]
  const folder = await mkdtemp(join(tmpdir(), 'grav1-trial-'))
  try {
    const files = await prepareFiles(folder, encoder, params, video)
    for (const pass of encoder.passes === 2 ? ([1, 2] as const) : ([1] as const)) {
      const args = encoder.buildArgs({ params, video, threads: 1, ...files, pass })
      const running = startProcess(encoder.program, args, { signal: options.signal, stdin: 'pipe' })
      for (const part of emptyFrames(video)) running.stdin.write(part)
      running.stdin.end()
      expectSuccess(await running.ended, encoder.program, 'encode-failed')
    }
    let header: string | undefined
    const expected = { encoder: encoder.name, video, bitDepth: outputBitDepth(params, video) }
    await readIvfFile(files.outputFile, (frame) => void (header ??= sequenceHeaderOf(frame, expected)), options)
    if (header === undefined) throw new MediaError('encode-failed', `${encoder.program} gave no frame.`)
    return header
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
