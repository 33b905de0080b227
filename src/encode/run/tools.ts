import {
  ENCODERS,
  type EncoderModule,
  type EncoderParams,
  type VideoFormat,
  Y4M_FRAME_MARK,
  y4mHeader
} from '../spec/index.ts'
import { lookUpProgram } from './programs.ts'
import { encoderFacts } from './program-facts.ts'
import { trialEncode } from './trial-encode.ts'
import type { InstalledEncoder, RunOptions } from './types.ts'

const CANARY_VIDEO: VideoFormat = {
  width: 64,
  height: 64,
  pixelFormat: 'yuv420p',
  bitDepth: 8,
  fps: { num: 25, den: 1 },
  colour: {}
}
const CANARY_FRAMES = 12

/** A moving texture made of integers only, so that it is the same everywhere. */
function* canaryClip(): Generator<Uint8Array, void, undefined> {
  const samples = (CANARY_VIDEO.width * CANARY_VIDEO.height * 3) / 2
  yield Buffer.from(y4mHeader(CANARY_VIDEO))
  for (let n = 0; n < CANARY_FRAMES; n += 1) {
    const frame = new Uint8Array(samples)
    for (let i = 0; i < samples; i += 1) frame[i] = i * 7 + (i >> 6) * n * 3 + ((i * i) >> 9) + n * 5
    yield Buffer.from(Y4M_FRAME_MARK)
    yield frame
  }
}

/** Encodes the canary clip; the first 8 hex digits of the file's sha-256. */
function encodeCanary(params: EncoderParams, options: RunOptions): Promise<string> {
  const clip = { video: CANARY_VIDEO, frames: CANARY_FRAMES, y4m: canaryClip }
  return trialEncode(params, clip, (_, { sha256 }) => sha256.slice(0, 8), options)
}

/**
 * Encodes a tiny clip with a project's parameters, so that combinations which the encoder refuses (`--min-q` above `--max-q`, ...) are found before any scene is announced.
 * @throws MediaError `encode-failed` with the encoder's own words, or `tool-missing`
 */
export async function tryParams(params: EncoderParams, options: RunOptions): Promise<void> {
  await encodeCanary(params, options)
}

async function describe(encoder: EncoderModule, options: RunOptions): Promise<InstalledEncoder> {
  const { version } = await encoderFacts(encoder, options)
  const canary = await encodeCanary(encoder.parseParams(encoder.canaryParams), options)
  const build = `${encoder.name}/${version}/${canary}`
  return { name: encoder.name, program: encoder.program, version, build }
}

/**
 * The encoders that are installed and work: one that cannot encode the canary clip is left out, the others serve. Two machines with the same `build` give the same
 * bytes for the canary clip, and are expected to for all clips.
 */
export async function findEncoders(options: RunOptions): Promise<InstalledEncoder[]> {
  const installed = Object.values(ENCODERS).filter((encoder) => lookUpProgram(encoder.program) !== undefined)
  const described = await Promise.allSettled(installed.map((encoder) => describe(encoder, options)))
  options.signal.throwIfAborted()
  return described.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
}

/** Programs that a node needs besides an encoder and that are not installed. */
export function checkTools(): { readonly missing: readonly string[] } {
  return {
    missing: ['ffmpeg', 'ffprobe', 'mkvmerge', 'mkvpropedit', 'mkvextract', 'mkvinfo'].filter(
      (name) => lookUpProgram(name) === undefined
    )
  }
}
