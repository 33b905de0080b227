import {
  createCoarseMeter,
  ENCODERS,
  type EncoderParams,
  frameBytes,
  handedVideo,
  type VideoFormat,
  Y4M_FRAME_MARK,
  y4mHeader
} from '../rules/index.ts'
import { FFMPEG_QUIET } from '../programs/decode.ts'
import { MediaError } from '../programs/errors.ts'
import { lastWords, startProcess } from '../programs/process.ts'
import type { RunOptions } from '../programs/run-options.ts'
import { trialEncode, type TrialClip } from '../scene/trial-encode.ts'
import { segmentInput } from '../verify/segment-input.ts'

/** A trial encode, and the clip that it was made from. */
interface TrialLook {
  readonly params: EncoderParams
  /** The format of `y4m`. */
  readonly video: VideoFormat
  readonly frames: number
  readonly y4m: Iterable<Uint8Array> | AsyncIterable<Uint8Array>
  /** IVF. */
  readonly file: string
}

const bad = (params: EncoderParams, what: string): MediaError =>
  new MediaError('encode-failed', `With ${params.text} it writes a stream that ${what}.`)

/** A stream of bytes that is read in portions of any length. */
class Portions {
  readonly #source: AsyncIterator<Uint8Array> | Iterator<Uint8Array>
  #data = new Uint8Array()

  constructor(source: Iterable<Uint8Array> | AsyncIterable<Uint8Array>) {
    this.#source = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]()
  }

  /** @returns undefined when the stream has fewer */
  async take(bytes: number): Promise<Uint8Array | undefined> {
    const portion = new Uint8Array(bytes)
    for (let filled = 0; filled < bytes;) {
      if (this.#data.byteLength === 0) {
        const next = await this.#source.next()
        if (next.done === true) return undefined
        this.#data = new Uint8Array(next.value)
      }
      const part = this.#data.subarray(0, bytes - filled)
      portion.set(part, filled)
      filled += part.byteLength
      this.#data = this.#data.subarray(part.byteLength)
    }
    return portion
  }
}

/**
 * Decodes a trial encode and compares it roughly with its source: some versions of encoders take parameters that their own streams do not survive.
 * @throws MediaError `encode-failed`, naming the parameters
 */
async function lookAtTrial({ params, video, frames, y4m, file }: TrialLook, options: RunOptions): Promise<void> {
  const { signal } = options
  const same = `setsar=1,scale=in_range=full:out_range=full,format=${video.pixelFormat}`
  const raw = ['-map', '0:v:0', '-vf', same, '-fps_mode', 'passthrough', '-f', 'rawvideo', 'pipe:1']
  const args = [...FFMPEG_QUIET, '-xerror', ...segmentInput(file), ...raw]
  const running = startProcess('ffmpeg', args, { signal, stdout: 'pipe', reads: [file] })
  const meter = createCoarseMeter(video)
  const source = new Portions(y4m)
  const decoded = new Portions(running.stdout as AsyncIterable<Uint8Array>)
  const bytes = frameBytes(video)
  await source.take(Buffer.byteLength(y4mHeader(video)))
  let count = 0
  for (let frame = await decoded.take(bytes); frame !== undefined; frame = await decoded.take(bytes)) {
    await source.take(Buffer.byteLength(Y4M_FRAME_MARK))
    const picture = await source.take(bytes)
    if (picture !== undefined) meter.add(picture, frame)
    count += 1
  }
  const { code, stderrTail } = await running.ended
  // Decoders report damage that they conceal only here.
  if (code !== 0 || stderrTail.trim() !== '') throw bad(params, `cannot be decoded (${lastWords(stderrTail)})`)
  if (count !== frames) throw bad(params, `decodes to ${count} frames, not ${frames}`)
  const fault = meter.fault()
  if (fault !== undefined) throw bad(params, `does not show its source: ${fault}`)
}

/**
 * Encodes a clip, and looks at what came of it.
 * @throws MediaError `encode-failed` with the encoder's own words or those about its stream, or `tool-missing`
 */
export async function tryClip(params: EncoderParams, clip: TrialClip, options: RunOptions): Promise<void> {
  const handed = handedVideo(ENCODERS[params.encoder], params, clip.video)
  const look = async (file: string): Promise<void> =>
    lookAtTrial({ params, video: handed, frames: clip.frames, y4m: clip.y4m(handed), file }, options)
  await trialEncode(params, clip, look, options)
}
