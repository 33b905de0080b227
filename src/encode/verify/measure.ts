import {
  atDepth,
  createQualityMeter,
  ENCODERS,
  type EncoderName,
  frameBytes,
  type QualityTarget,
  type VideoFormat,
  withFilters
} from '../rules/index.ts'
import { avPiece } from '../programs/av-program.ts'
import { FFMPEG_QUIET, type PieceFrames, pieceInput } from '../programs/decode.ts'
import { expectSuccess, type MediaProcess, startProcess } from '../programs/process.ts'
import type { RunOptions } from '../programs/run-options.ts'
import { type PairFormat, pairFilters, rawFrames, readPairs } from './pairs.ts'
import { segmentInput } from './segment-input.ts'

/** Frames of a source piece and their encode, in the same format. */
export interface MeasuredFrames extends PieceFrames, PairFormat {
  readonly file: string
  /** The program of this encoder decodes both, where it can decode. Default: ffmpeg does. */
  readonly encoder?: EncoderName
}

/** One frame in this many is measured. */
export const MEASURED_EVERY = 3

/** A quality meter for a source of this format. */
export const meterFor = ({ fps, ...video }: VideoFormat, { metric, over }: Pick<QualityTarget, 'metric' | 'over'>) =>
  createQualityMeter({ ...video, fps: fps.num / fps.den, metric, over })

/** Source and encode, frame by frame in turn, on the standard output. */
function startPairs(input: MeasuredFrames, { signal }: RunOptions): MediaProcess {
  const init = { signal, stdout: 'pipe', reads: [input.pieceFile, input.file] } as const
  const own = input.encoder === undefined ? undefined : ENCODERS[input.encoder]
  const { skip, frames, filters, video, bitDepth } = input
  if (own?.decodes === true) {
    const shown = atDepth(video, bitDepth)
    const shift = shown.bitDepth - video.bitDepth
    const encoded = [`--encoded=${input.file}`, `--frame-bytes=${frameBytes(shown)}`, `--shift=${shift}`]
    return startProcess(own.program, ['pairs', ...avPiece(input), ...encoded], init)
  }
  const chosen = withFilters(`[0:v:0]select=between(n\\,${skip}\\,${skip + frames - 1})`, filters)
  const graph = pairFilters({ source: `${chosen},`, encoded: '[1:v:0]', out: '[o]' }, { video, bitDepth })
  const inputs = [...pieceInput(input.pieceFile), ...segmentInput(input.file)]
  return startProcess('ffmpeg', [...FFMPEG_QUIET, ...inputs, '-filter_complex', graph, ...rawFrames('[o]', 1)], init)
}

/**
 * Decodes source and encode and hands their frames to the meter.
 * @param every one in this many frames is measured
 * @throws MediaError `encode-failed` when a decoder fails, or gives another number of frames than `input.frames`
 */
export async function measureFrames(
  input: MeasuredFrames,
  meter: ReturnType<typeof meterFor>,
  every: number,
  options: RunOptions
): Promise<void> {
  const running = startPairs(input, options)
  const reading = readPairs(running.stdout, input, meter, every)
  reading.catch(() => {})
  expectSuccess(await running.ended, running.program, 'encode-failed')
  await reading
}
