import type { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { thisSystem } from '../../platform/index.ts'
import { type VideoFormat, y4mHeader, y4mHeaderFits } from '../rules/index.ts'
import type { PieceDecode } from '../programs/decode.ts'
import { MediaError } from '../programs/errors.ts'
import type { ProcessEnd } from '../programs/process.ts'
import type { RunOptions } from '../programs/run-options.ts'

/** Gives an encoder the frames of a decoder as y4m, under the header of the project's format. */
export interface Y4mFeed {
  readonly decoding: PieceDecode
  /** Whether the end of a decoder means that nobody read its output: then the encoder's message is the reason. */
  readonly stoppedReading: (decoded: ProcessEnd) => boolean
  /** Settles once this process has passed on all that it passes on. @throws what failed, or the pipe's error where nobody read */
  readonly ended: Promise<void>
}

export interface Y4mFeedInit extends RunOptions {
  readonly video: VideoFormat
  /** The encoder's input; handed over. Nothing was written to it yet. */
  readonly to: Writable
  /** Told when this process could not pass frames on, not when nobody read them: an encoder may wait for ever for what then never comes. */
  readonly onFailed: (error: unknown) => void
  /** Starts the decoder. @param y4m where it writes: handed over, or a pipe to here */
  readonly decode: (y4m: Writable | 'pipe') => PieceDecode
}

const saysBrokenPipe = ({ code, killedBy, stderrTail }: ProcessEnd): boolean =>
  killedBy === 'SIGPIPE' || (code !== 0 && /Broken pipe|Connection reset/i.test(stderrTail))

/**
 * The header is written from here, and then the decoder gets the encoder's input as its output: through this process the frames would cost a fifth of a fast encode.
 * @throws MediaError `tool-missing`
 */
export function handFramesOver({ video, to, decode }: Y4mFeedInit): Y4mFeed {
  // A pipe that nothing was written to takes it at once.
  to.write(y4mHeader(video))
  return { decoding: decode(to), stoppedReading: saysBrokenPipe, ended: Promise.resolve() }
}

/** For systems where an input of one program cannot be the output of another. */
export function passFramesOn({ video, to, signal, onFailed, decode }: Y4mFeedInit): Y4mFeed {
  const decoding = decode('pipe')
  let isUnread = false
  const passOn = async (): Promise<void> => {
    try {
      to.write(y4mHeader(video))
      await pipeline(decoding.process.stdout, to, { signal })
    } catch (error) {
      signal.throwIfAborted()
      // The encoder's own end tells why.
      isUnread = true
      to.destroy()
      if (error instanceof Error && 'code' in error) return
      onFailed(error)
      throw error
    }
  }
  const ended = passOn()
  ended.catch(() => {})
  return { decoding, stoppedReading: (end) => isUnread || saysBrokenPipe(end), ended }
}

/** @throws MediaError `input-mismatch` when the decoder announced frames of another format; none at all are the decoder's own failure */
export async function checkY4mHeader({ header }: Pick<PieceDecode, 'header'>, video: VideoFormat): Promise<void> {
  const found = await header
  if (found !== '' && !y4mHeaderFits(found, video))
    throw new MediaError('input-mismatch', `The piece decodes to another format: ${found.slice(0, 100)}`)
}

export const feedY4m: (init: Y4mFeedInit) => Y4mFeed = thisSystem.handsPipesOver ? handFramesOver : passFramesOn
