import { PIECE_DECODERS, SCENE_DECODERS } from '../decoders.ts'
import { AvError } from './errors.ts'
import { type AvCodecContext, type AvFormatContext, type AvFrame, type AvLibrary, check, setOption } from './library.ts'

/** A local file and the only container that it may be, whatever its bytes claim. */
export interface MediaInput {
  readonly file: string
  readonly container: 'matroska' | 'ivf'
}

const DECODERS = { matroska: PIECE_DECODERS, ivf: SCENE_DECODERS }

/** As for the program ffmpeg, see `pieceInput`. */
const PIXELS_MAX = '268435456'

/** The inverse transform of MPEG-2, MPEG-4 and MJPEG that is the same on every processor; the program ffmpeg gets the same option. */
const SAME_EVERYWHERE = 'simple'

const VIDEO = 0

interface Opened {
  readonly format: AvFormatContext
  readonly decoder: AvCodecContext
  readonly streamIndex: number
}

function open(av: AvLibrary, { file, container }: MediaInput): Opened {
  const format = new av.FormatContext()
  format.allocContext()
  setOption(av, format, 'protocol_whitelist', 'file')
  setOption(av, format, 'format_whitelist', container)
  setOption(av, format, 'codec_whitelist', DECODERS[container])
  const kind = av.InputFormat.findInputFormat(container)
  if (kind === null) throw new AvError('decode', `FFmpeg has no ${container}`)
  check(av, format.openInputSync(`file:${file}`, kind, null), 'decode', 'opening the piece')
  check(av, format.findStreamInfoSync(null), 'decode', 'reading the piece')
  const stream = format.streams.find(({ codecpar }) => codecpar.codecType === VIDEO)
  const codec = stream === undefined ? null : av.Codec.findDecoder(stream.codecpar.codecId)
  if (stream === undefined || codec === null) throw new AvError('decode', 'the piece has no video that can be decoded')
  const decoder = new av.CodecContext()
  decoder.allocContext3(codec)
  check(av, decoder.parametersToContext(stream.codecpar), 'decode', 'the decoder')
  decoder.pktTimebase = stream.timeBase
  setOption(av, decoder, 'codec_whitelist', DECODERS[container])
  setOption(av, decoder, 'threads', '1')
  setOption(av, decoder, 'max_pixels', PIXELS_MAX)
  setOption(av, decoder, 'idct', SAME_EVERYWHERE)
  check(av, decoder.open2Sync(codec, null), 'decode', 'the decoder')
  return { format, decoder, streamIndex: stream.index }
}

/** Decodes a file from its beginning. A frame is valid until the next is asked for. As with ffmpeg, packets that cannot be decoded are passed over: the hashes tell. */
export function* decodeFrames(av: AvLibrary, input: MediaInput): Generator<AvFrame, void, undefined> {
  const { format, decoder, streamIndex } = open(av, input)
  const packet = new av.Packet()
  packet.alloc()
  const frame = new av.Frame()
  frame.alloc()
  try {
    let isAtEnd = false
    while (!isAtEnd) {
      isAtEnd = format.readFrameSync(packet) < 0
      if (isAtEnd || packet.streamIndex === streamIndex) decoder.sendPacketSync(isAtEnd ? null : packet)
      packet.unref()
      while (decoder.receiveFrameSync(frame) >= 0) {
        yield frame
        frame.unref()
      }
    }
  } finally {
    decoder.freeContext()
    format.closeInputSync()
  }
}

/** Frames `skip` to `skip + count`, count not included. */
export function* someFrames(
  frames: Iterable<AvFrame>,
  { skip, count }: { readonly skip: number; readonly count: number }
): Generator<AvFrame, void, undefined> {
  let number = 0
  for (const frame of frames) {
    if (number >= skip) yield frame
    number += 1
    if (number === skip + count) return
  }
}
