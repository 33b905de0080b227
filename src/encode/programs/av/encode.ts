import { frameBytes } from '../../rules/index.ts'
import { createDeepener } from './deepener.ts'
import { writeFrameHashes } from './frame-hashes.ts'
import { bare } from './filtered.ts'
import { createIvfOutput } from './ivf-output.ts'
import { type Piece, pieceFrames } from './piece.ts'
import { AvError } from './errors.ts'
import { type AvCodecContext, type AvLibrary, check, setOption } from './library.ts'
import { y4mFrames } from './y4m-frames.ts'

export interface EncodeJob {
  readonly codec: string
  readonly fourcc: string
  readonly width: number
  readonly height: number
  /** Of the frames that are encoded, as a piece or its filters give them. */
  readonly pixelFormat: string
  /** The encoder's input format: the same, or with more bits per sample. Frames from stdin have it. */
  readonly encodeFormat: string
  readonly rate: { readonly num: number; readonly den: number }
  /** FFmpeg's options of the encoder, `name=value`. */
  readonly options: readonly string[]
  readonly output: string
  /** Undefined: y4m from stdin. */
  readonly piece: Piece | undefined
}

/** Descriptor to which the hashes of a piece's frames are written. */
const HASHES = 3

/** Milliseconds between two lines of progress. */
const PROGRESS_MS = 100

function openEncoder(av: AvLibrary, job: EncodeJob, format: number): AvCodecContext {
  const encoder = new av.CodecContext()
  const codec = av.Codec.findEncoderByName(job.codec)
  if (codec === null) throw new AvError('encode', `this node-av has no ${job.codec}`)
  encoder.allocContext3(codec)
  encoder.width = job.width
  encoder.height = job.height
  encoder.pixelFormat = format
  encoder.timeBase = new av.Rational(job.rate.den, job.rate.num)
  encoder.framerate = new av.Rational(job.rate.num, job.rate.den)
  for (const option of job.options) {
    const at = option.indexOf('=')
    setOption(av, encoder, option.slice(0, at), option.slice(at + 1))
  }
  check(av, encoder.open2Sync(codec, null), 'encode', `${job.codec} does not start`)
  return encoder
}

/** Encodes frames into an IVF file and says on stderr how far it is. */
export function encode(av: AvLibrary, job: EncodeJob): void {
  const { width, height, fourcc, rate, piece } = job
  const read = piece === undefined ? job.encodeFormat : job.pixelFormat
  const format = av.avGetPixFmtFromName(read)
  const picture = { width, height, format, bytes: frameBytes({ width, height, pixelFormat: read }) }
  const hashes = piece === undefined ? undefined : writeFrameHashes(av, picture, HASHES)
  const frames = piece === undefined ? y4mFrames(av, picture) : pieceFrames(av, piece)
  const output = createIvfOutput(job.output, { fourcc, width, height, rate })
  const encoder = openEncoder(av, job, av.avGetPixFmtFromName(job.encodeFormat))
  const deepened = read === job.encodeFormat ? undefined : createDeepener(av, { ...job, pixelFormat: read })
  const packet = new av.Packet()
  packet.alloc()
  let toldMs = performance.now()
  const takePackets = (): void => {
    while (encoder.receivePacketSync(packet) >= 0) {
      if (packet.data !== null) output.add(packet.data, packet.pts)
      packet.unref()
      if (performance.now() - toldMs < PROGRESS_MS) continue
      toldMs = performance.now()
      process.stderr.write(`frame ${output.packets()}\n`)
    }
  }
  let number = 0
  for (const frame of frames) {
    bare(av, frame, number, { ...job, pixelFormat: read })
    hashes?.add(frame)
    check(av, encoder.sendFrameSync(deepened?.(frame) ?? frame), 'encode', `frame ${number}`)
    takePackets()
    number += 1
  }
  hashes?.end()
  if (number > 0) check(av, encoder.sendFrameSync(null), 'encode', 'the end')
  takePackets()
  output.end()
  process.stderr.write(`frame ${output.packets()}\n`)
  encoder.freeContext()
}
