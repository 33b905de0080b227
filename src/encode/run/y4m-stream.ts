import {
  frameBytes,
  type VideoFormat,
  Y4M_FRAME_MARK,
  Y4M_HEADER_BYTES_MAX,
  y4mHeader,
  y4mHeaderFits
} from '../spec/index.ts'
import { MediaError } from './errors.ts'

/** Counts the frames of a y4m stream on its way from decoder to encoder. */
export interface Y4mMeter {
  /** Whole frames that went through. */
  readonly frames: () => number
  /** The same frames under the header of the project's format. @throws MediaError `input-mismatch` when the stream is of another format or no y4m */
  readonly through: (source: AsyncIterable<Uint8Array>) => AsyncGenerator<Uint8Array, void, undefined>
}

const MARK = new TextEncoder().encode(Y4M_FRAME_MARK)
const NEWLINE = 10

export function createY4mMeter(video: VideoFormat): Y4mMeter {
  const unit = MARK.length + frameBytes(video)
  /** Bytes of the current frame and its mark that went through. */
  let at = 0
  let frames = 0

  const checkMark = (chunk: Uint8Array, start: number): void => {
    for (let i = start; i < chunk.length && at + i - start < MARK.length; i += 1) {
      if (chunk[i] !== MARK[at + i - start])
        throw new MediaError('input-mismatch', 'The decoder sent frames of an unexpected size.')
    }
  }

  const count = (chunk: Uint8Array): void => {
    let start = 0
    while (start < chunk.length) {
      checkMark(chunk, start)
      const taken = Math.min(unit - at, chunk.length - start)
      at += taken
      start += taken
      if (at === unit) {
        frames += 1
        at = 0
      }
    }
  }

  async function* through(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    let head: Uint8Array | undefined = new Uint8Array()
    for await (const chunk of source) {
      if (head === undefined) {
        count(chunk)
        yield chunk
        continue
      }
      head = Buffer.concat([head, chunk])
      const end = head.indexOf(NEWLINE)
      if (end > Y4M_HEADER_BYTES_MAX || (end < 0 && head.length > Y4M_HEADER_BYTES_MAX)) {
        throw new MediaError('input-mismatch', 'The decoder sent no y4m header.')
      }
      if (end < 0) continue
      const header = new TextDecoder('latin1').decode(head.subarray(0, end))
      if (!y4mHeaderFits(header, video))
        throw new MediaError('input-mismatch', `The piece decodes to another format: ${header}`)
      yield new TextEncoder().encode(y4mHeader(video))
      const rest: Uint8Array = head.subarray(end + 1)
      head = undefined
      count(rest)
      yield rest
    }
    if (at !== 0) throw new MediaError('decode-failed', 'The decoder stopped inside a frame.')
  }

  return { frames: () => frames, through }
}
