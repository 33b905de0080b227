import type { Readable } from 'node:stream'
import {
  atDepth,
  createQualityMeter,
  ENCODERS,
  type EncoderName,
  frameBytes,
  isMeasured,
  plainFrames,
  type QualityTarget,
  type VideoFormat,
  withFilters
} from '../rules/index.ts'
import { avPiece } from '../programs/av-program.ts'
import { FFMPEG_QUIET, type PieceFrames, pieceInput, shiftUp } from '../programs/decode.ts'
import { MediaError } from '../programs/errors.ts'
import { expectSuccess, type MediaProcess, startProcess } from '../programs/process.ts'
import type { RunOptions } from '../programs/run-options.ts'
import { segmentInput } from './compare.ts'

/** Frames of a source piece and their encode, in the same format. */
export interface MeasuredFrames extends PieceFrames {
  readonly file: string
  /** Of the source. */
  readonly video: VideoFormat
  /** Of the encode: both are measured at it. */
  readonly bitDepth: number
  /** The encoder's own program decodes both where it can; without a name ffmpeg does. */
  readonly encoder?: EncoderName
}

/** Of the frames of a scene, one in this many is measured. */
export const MEASURED_EVERY = 3

/** A quality meter for a source of this format. */
export const meterFor = ({ fps, ...video }: VideoFormat, { metric, over }: Pick<QualityTarget, 'metric' | 'over'>) =>
  createQualityMeter({ ...video, fps: fps.num / fps.den, metric, over })

/** Source and encode, frame by frame in turn, on the standard output. */
function startPairs(input: MeasuredFrames, shown: VideoFormat, { signal }: RunOptions): MediaProcess {
  const init = { signal, stdout: 'pipe', reads: [input.pieceFile, input.file] } as const
  const own = input.encoder === undefined ? undefined : ENCODERS[input.encoder]
  if (own?.decodes === true) {
    const shift = shown.bitDepth - input.video.bitDepth
    const encoded = [`--encoded=${input.file}`, `--frame-bytes=${frameBytes(shown)}`, `--shift=${shift}`]
    return startProcess(own.program, ['pairs', ...avPiece(input), ...encoded], init)
  }
  const { skip, frames, filters, video } = input
  const chosen = withFilters(`[0:v:0]select=between(n\\,${skip}\\,${skip + frames - 1})`, filters)
  const deep = shown.bitDepth === video.bitDepth ? plainFrames(video) : shiftUp(video, shown)
  // The times only put the frames in turn.
  const graph = [
    `${chosen},${deep},setsar=1,settb=1/50,setpts=2*N[s]`,
    `[1:v:0]${plainFrames(shown)},setsar=1,settb=1/50,setpts=2*N+1[e]`,
    `[s][e]interleave=n=2[o]`
  ].join(';')
  const raw = ['-map', '[o]', '-fps_mode', 'passthrough', '-f', 'rawvideo', 'pipe:1']
  const inputs = [...pieceInput(input.pieceFile), ...segmentInput(input.file)]
  const args = [...FFMPEG_QUIET, ...inputs, '-filter_complex', graph, ...raw]
  return startProcess('ffmpeg', args, init)
}

/**
 * Decodes source and encode and hands them to the meter.
 * @param every one in this many frames is measured
 * @throws MediaError `encode-failed` when they are not equally many frames
 */
export async function measureFrames(
  input: MeasuredFrames,
  meter: ReturnType<typeof meterFor>,
  every: number,
  options: RunOptions
): Promise<void> {
  const { frames } = input
  const shown = atDepth(input.video, input.bitDepth)
  const bytes = frameBytes(shown)
  const running = startPairs(input, shown, options)
  let frame = 0
  for await (const pair of chunksOf(running.stdout, 2 * bytes)) {
    const source = pair.subarray(0, bytes)
    if (isMeasured(frame, { frames, every })) meter.add(source, pair.subarray(bytes))
    else meter.skip(source)
    frame += 1
  }
  expectSuccess(await running.ended, running.program, 'encode-failed')
  if (frame !== frames) throw new MediaError('encode-failed', `Only ${frame} of ${frames} frames could be measured.`)
}

/** XPSNR of a scene, in dB: of one frame in three. @throws MediaError `encode-failed` when it cannot be measured */
export async function measureXpsnr(input: MeasuredFrames, options: RunOptions): Promise<number> {
  const meter = meterFor(atDepth(input.video, input.bitDepth), { metric: 'xpsnr' })
  await measureFrames(input, meter, MEASURED_EVERY, options)
  return meter.score()
}

/** A stream in pieces of one length, each valid until the next is asked for. */
async function* chunksOf(stream: Readable, bytes: number): AsyncGenerator<Uint8Array, void, undefined> {
  const buffer = new Uint8Array(bytes)
  let filled = 0
  for await (const chunk of stream as AsyncIterable<Uint8Array>) {
    let at = 0
    while (at < chunk.length) {
      const taken = Math.min(bytes - filled, chunk.length - at)
      buffer.set(chunk.subarray(at, at + taken), filled)
      filled += taken
      at += taken
      if (filled < bytes) break
      yield buffer
      filled = 0
    }
  }
}
