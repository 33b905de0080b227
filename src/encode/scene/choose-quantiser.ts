import { rm } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import {
  createQualityMeter,
  ENCODERS,
  nextQuantiser,
  quantiserOf,
  type QualityMeter,
  scoreOf,
  type Trial,
  trialParams,
  withFilters
} from '../rules/index.ts'
import { avPiece } from '../programs/av-program.ts'
import { segmentInput } from '../verify/compare.ts'
import { FFMPEG_QUIET, pieceInput } from '../programs/decode.ts'
import { MediaError } from '../programs/errors.ts'
import { expectSuccess, type MediaProcess, startProcess } from '../programs/process.ts'
import type { PassInput } from './types.ts'
import type { EncodeSceneInput } from './types.ts'
import type { RunOptions } from '../programs/run-options.ts'

/** Frames of a scene that trials encode: its first. */
const TRIAL_FRAMES = 48
/** Of these, one in this many is measured. */
const MEASURED_EVERY = 4

/** The quantiser with which the scene should have the quality that its parameters ask for; undefined where they ask for none. The same on every machine. */
export async function chooseQuantiser(
  input: EncodeSceneInput,
  encode: (trial: PassInput) => Promise<{ readonly file: string }>,
  options: RunOptions
): Promise<number | undefined> {
  const { target } = input.params
  if (target === undefined) return undefined
  const how = quantiserOf(input.params, ENCODERS[input.encoder].quantiser)
  const frames = Math.min(input.frames, TRIAL_FRAMES)
  const trials: Trial[] = []
  while (true) {
    const next = nextQuantiser(scoreOf(target), trials, how)
    if (next.type === 'take') return next.quantiser
    const params = trialParams(input.params, next.quantiser, how)
    const { file } = await encode({ ...input, params, frames, inputHash: undefined, onProgress: () => {} })
    const { width, height, bitDepth } = input.video
    const meter = createQualityMeter({ metric: target.metric, width, height, bitDepth })
    await measure({ ...input, frames, file }, meter, options)
    await rm(file)
    trials.push({ quantiser: next.quantiser, score: meter.score() })
  }
}

type Measured = Pick<EncodeSceneInput, 'pieceFile' | 'skip' | 'frames' | 'filters' | 'video' | 'encoder'> & {
  readonly file: string
}

/** Luma of source and trial in turn, on the standard output. */
function startLuma(input: Measured, planeBytes: number, { signal }: RunOptions): MediaProcess {
  const { program, decodes } = ENCODERS[input.encoder]
  const init = { signal, stdout: 'pipe', reads: [input.pieceFile, input.file] } as const
  if (decodes === true) {
    const encoded = [`--encoded=${input.file}`, `--every=${MEASURED_EVERY}`, `--plane-bytes=${planeBytes}`]
    return startProcess(program, ['luma', ...avPiece(input), ...encoded], init)
  }
  const { skip, frames, filters } = input
  const each = `not(mod(n\\,${MEASURED_EVERY}))`
  const luma = 'settb=1/25,setpts=N,setsar=1,extractplanes=y'
  const graph = [
    `${withFilters(`[0:v:0]select=between(n\\,${skip}\\,${skip + frames - 1}),select=${each}`, filters)},${luma}[s]`,
    `[1:v:0]select=${each},${luma}[e]`,
    `[s][e]vstack=shortest=1[o]`
  ].join(';')
  const raw = ['-map', '[o]', '-fps_mode', 'passthrough', '-f', 'rawvideo', 'pipe:1']
  const inputs = [...pieceInput(input.pieceFile), ...segmentInput(input.file)]
  const args = [...FFMPEG_QUIET, ...inputs, '-filter_complex', graph, ...raw]
  return startProcess('ffmpeg', args, init)
}

/** Decodes luma of source and trial and measures it frame by frame. */
async function measure(input: Measured, meter: QualityMeter, options: RunOptions): Promise<void> {
  const { frames, video } = input
  const plane = video.width * video.height * (video.bitDepth > 8 ? 2 : 1)
  const running = startLuma(input, plane, options)
  let measured = 0
  for await (const pair of chunksOf(running.stdout, 2 * plane)) {
    meter.add(pair.subarray(0, plane), pair.subarray(plane))
    measured += 1
  }
  expectSuccess(await running.ended, running.program, 'encode-failed')
  const wanted = Math.ceil(frames / MEASURED_EVERY)
  if (measured !== wanted)
    throw new MediaError('encode-failed', `Only ${measured} of ${wanted} frames of a trial could be measured.`)
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
