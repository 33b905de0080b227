import { type AvFrame, type AvLibrary, check, setOption } from './library.ts'

/** Tells a hash for each frame. */
export interface FrameHashes {
  readonly add: (frame: AvFrame) => void
  readonly end: () => void
}

/** The same lines that ffmpeg's `framehash` gives for the same frames (see `FRAME_HASH_OUTPUT`), on a descriptor. */
export function writeFrameHashes(
  av: AvLibrary,
  picture: { readonly width: number; readonly height: number; readonly format: number },
  descriptor: number
): FrameHashes {
  const rate = new av.Rational(1, 25)
  const raw = new av.CodecContext()
  const codec = av.Codec.findEncoderByName('rawvideo')
  if (codec === null) throw new TypeError('FFmpeg has no rawvideo')
  raw.allocContext3(codec)
  raw.width = picture.width
  raw.height = picture.height
  raw.pixelFormat = picture.format
  raw.timeBase = rate
  check(av, raw.open2Sync(codec, null), 'decode', 'hashing frames')
  const output = new av.FormatContext()
  check(av, output.allocOutputContext2(null, 'framehash', `pipe:${descriptor}`), 'decode', 'hashing frames')
  const stream = output.newStream()
  check(av, raw.parametersFromContext(stream.codecpar), 'decode', 'hashing frames')
  stream.timeBase = rate
  setOption(av, output, 'hash', 'murmur3')
  setOption(av, output, 'flush_packets', '1')
  check(av, output.openOutputSync(), 'decode', 'hashing frames')
  check(av, output.writeHeaderSync(null), 'decode', 'hashing frames')
  const packet = new av.Packet()
  packet.alloc()
  return {
    add: (frame) => {
      check(av, raw.sendFrameSync(frame), 'decode', 'hashing a frame')
      check(av, raw.receivePacketSync(packet), 'decode', 'hashing a frame')
      packet.streamIndex = stream.index
      packet.dts = packet.pts
      check(av, output.writeFrameSync(packet), 'decode', 'hashing a frame')
      packet.unref()
    },
    end: () => {
      check(av, output.writeTrailerSync(), 'decode', 'hashing frames')
      output.closeOutputSync()
      output.freeContext()
      raw.freeContext()
    }
  }
}
