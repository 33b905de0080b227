import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import {
  frameBytes,
  pixelLayout,
  type VideoFormat,
  Y4M_FRAME_MARK,
  Y4M_HEADER_BYTES_MAX,
  y4mHeader,
  y4mHeaderFits
} from '../rules/index.ts'
import { ANY_DAMAGE, FFMPEG_QUIET } from '../programs/decode.ts'
import { DamageFound } from './damage.ts'
import { MediaError } from '../programs/errors.ts'
import { expectSuccess, type MediaProcess, startProcess } from '../programs/process.ts'
import type { SourceDecode } from './source-decode.ts'
import type { RunOptions } from '../programs/run-options.ts'

/** Makes lossless pieces from one decode of the source that continues from piece to piece, so that a whole source costs one more decode, not one per scene. */
export interface LosslessMaker {
  /** Writes frames `start` to `start + frames - 1` as a piece. Calls wait for each other. @throws MediaError `unsupported`; DamageFound when it has fewer frames than before */
  readonly make: (start: number, frames: number, file: string) => Promise<void>
}

/** Bytes of a stream in order, in whatever chunks they come. */
class ByteSource {
  readonly #chunks: AsyncIterator<Uint8Array>
  #rest: Uint8Array = new Uint8Array()

  constructor(stream: Readable) {
    this.#chunks = (stream as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]()
  }

  async #fill(): Promise<boolean> {
    const next = await this.#chunks.next()
    if (next.done === true) return false
    this.#rest = next.value
    return true
  }

  async line(bytesMax: number): Promise<string> {
    let line = ''
    while (line.length <= bytesMax) {
      if (this.#rest.length === 0 && !(await this.#fill())) break
      const char = String.fromCharCode(this.#rest[0] ?? 0)
      this.#rest = this.#rest.subarray(1)
      if (char === '\n') return line
      line += char
    }
    return line
  }

  async *take(bytes: number): AsyncGenerator<Uint8Array, void, undefined> {
    let left = bytes
    while (left > 0) {
      if (this.#rest.length === 0 && !(await this.#fill()))
        throw new DamageFound('It decodes to fewer frames on the second try.')
      const part = this.#rest.subarray(0, left)
      this.#rest = this.#rest.subarray(part.length)
      left -= part.length
      yield part
    }
  }
}

/** x264 makes the smallest pieces, but has no 12 bits and wants whole chroma samples. */
function codecArgs(video: VideoFormat): string[] {
  const layout = pixelLayout(video.pixelFormat)
  const whole =
    layout?.chroma === '444' || (video.width % 2 === 0 && (layout?.chroma === '422' || video.height % 2 === 0))
  return layout !== undefined && layout.bitDepth <= 10 && whole
    ? ['-c:v', 'libx264', '-preset', 'veryfast', '-qp', '0']
    : ['-c:v', 'ffv1', '-level', '3', '-g', '300', '-context', '1']
}

class Maker implements LosslessMaker {
  readonly #video: VideoFormat
  readonly #decode: SourceDecode
  readonly #signal: AbortSignal
  readonly #unit: number
  #running: MediaProcess | undefined
  #bytes: ByteSource | undefined
  /** Frames of the running decode that were taken. */
  #at = 0
  #turn: Promise<void> = Promise.resolve()

  constructor(video: VideoFormat, decode: SourceDecode, signal: AbortSignal) {
    this.#video = video
    this.#decode = decode
    this.#signal = signal
    this.#unit = Y4M_FRAME_MARK.length + frameBytes(video)
  }

  make(start: number, frames: number, file: string): Promise<void> {
    const made = this.#turn.then(() => this.#make(start, frames, file))
    this.#turn = made.catch(() => {})
    return made
  }

  async #make(start: number, frames: number, file: string): Promise<void> {
    const bytes = this.#bytes === undefined || this.#at > start ? await this.#open() : this.#bytes
    for await (const skipped of bytes.take((start - this.#at) * this.#unit)) void skipped
    this.#at = start + frames
    const input = ['-f', 'yuv4mpegpipe', '-i', 'pipe:0', '-map', '0:v:0', '-fps_mode', 'passthrough']
    const args = [
      ...FFMPEG_QUIET,
      '-y',
      ...input,
      ...codecArgs(this.#video),
      '-fflags',
      '+bitexact',
      '-threads',
      '2',
      '-f',
      'matroska',
      `file:${file}`
    ]
    const encoder = startProcess('ffmpeg', args, { signal: this.#signal, stdin: 'pipe', writes: [file] })
    await pipeline(this.#withHeader(bytes.take(frames * this.#unit)), encoder.stdin, { signal: this.#signal })
    expectSuccess(await encoder.ended, 'ffmpeg', 'unsupported')
  }

  async *#withHeader(frames: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    yield new TextEncoder().encode(y4mHeader(this.#video))
    yield* frames
  }

  async #open(): Promise<ByteSource> {
    this.#running?.kill()
    const filter = this.#decode.filters === undefined ? [] : ['-vf', this.#decode.filters]
    const output = [
      '-map',
      `0:${this.#decode.stream}`,
      ...filter,
      '-fps_mode',
      'passthrough',
      '-strict',
      '-1',
      '-f',
      'yuv4mpegpipe',
      'pipe:1'
    ]
    const args = [...FFMPEG_QUIET, ...ANY_DAMAGE, ...this.#decode.input, ...output]
    const init = { signal: this.#signal, stdout: 'pipe', reads: [this.#decode.file] } as const
    this.#running = startProcess('ffmpeg', args, init)
    const bytes = new ByteSource(this.#running.stdout)
    const header = await bytes.line(Y4M_HEADER_BYTES_MAX)
    if (!y4mHeaderFits(header, this.#video))
      throw new MediaError('unsupported', `The source decodes to an unexpected format: ${header}`)
    this.#bytes = bytes
    this.#at = 0
    return bytes
  }
}

export const createLosslessMaker = (video: VideoFormat, decode: SourceDecode, { signal }: RunOptions): LosslessMaker =>
  new Maker(video, decode, signal)
