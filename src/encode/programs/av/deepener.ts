import { frameBytes, pixelLayout } from '../../rules/index.ts'
import { type AvFrame, type AvLibrary, check } from './library.ts'

export interface DeepenerInit {
  readonly width: number
  readonly height: number
  /** Of the frames that come, 8 bits a sample. */
  readonly pixelFormat: string
  /** Of those that go, with more. */
  readonly encodeFormat: string
}

/** Adds bits to frames by shifting each sample up, as ffmpeg does for programs (see `shiftUp`). A frame is valid until the next call. */
export function createDeepener(av: AvLibrary, job: DeepenerInit): (frame: AvFrame) => AvFrame {
  const bits = (pixelLayout(job.encodeFormat)?.bitDepth ?? 8) - 8
  const samples = new Uint16Array(frameBytes(job))
  const bytes = Buffer.from(samples.buffer)
  const deep = new av.Frame()
  deep.alloc()
  return (frame) => {
    const shallow = frame.toBuffer()
    for (let at = 0; at < samples.length; at += 1) samples[at] = (shallow[at] ?? 0) << bits
    deep.unref()
    deep.width = job.width
    deep.height = job.height
    deep.format = av.avGetPixFmtFromName(job.encodeFormat)
    check(av, deep.allocBuffer(), 'encode', 'a frame')
    check(av, deep.fromBuffer(bytes), 'encode', 'a frame')
    deep.pts = frame.pts
    deep.duration = frame.duration
    return deep
  }
}
