import { readSync } from 'node:fs'
import { Y4M_FRAME_MARK, Y4M_HEADER_BYTES_MAX } from '../../rules/index.ts'
import { AvError } from './errors.ts'
import { type AvFrame, type AvLibrary, check } from './library.ts'

const STDIN = 0

/** Fills as much of a buffer as stdin still has. */
function fill(buffer: Uint8Array): number {
  let filled = 0
  while (filled < buffer.length) {
    const read = readSync(STDIN, buffer, filled, buffer.length - filled, null)
    if (read === 0) break
    filled += read
  }
  return filled
}

function skipHeader(): void {
  const byte = new Uint8Array(1)
  for (let i = 0; i < Y4M_HEADER_BYTES_MAX; i += 1) {
    if (fill(byte) === 0 || byte[0] === 0x0a) return
  }
  throw new AvError('mismatch', 'the y4m header is too long')
}

/** Frames of y4m from stdin; its header is the caller's own, see `y4mHeader`. A frame is valid until the next is asked for. */
export function* y4mFrames(
  av: AvLibrary,
  picture: { readonly width: number; readonly height: number; readonly format: number; readonly bytes: number }
): Generator<AvFrame, void, undefined> {
  skipHeader()
  const mark = new Uint8Array(Y4M_FRAME_MARK.length)
  const bytes = Buffer.alloc(picture.bytes)
  const frame = new av.Frame()
  frame.alloc()
  while (fill(mark) > 0) {
    if (fill(bytes) < bytes.length) throw new AvError('mismatch', 'the last frame is cut short')
    frame.width = picture.width
    frame.height = picture.height
    frame.format = picture.format
    check(av, frame.allocBuffer(), 'encode', 'a frame')
    check(av, frame.fromBuffer(bytes), 'encode', 'a frame')
    yield frame
    frame.unref()
  }
}
