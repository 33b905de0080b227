import type { Readable, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { thisSystem } from '../../platform/index.ts'
import { type VideoFormat, Y4M_HEADER_BYTES_MAX, y4mHeader, y4mHeaderFits } from '../rules/index.ts'
import type { PieceDecode } from '../programs/decode.ts'
import { MediaError } from '../programs/errors.ts'
import { expectSuccess, type ProcessEnd, startProcess } from '../programs/process.ts'
import type { RunOptions } from '../programs/run-options.ts'

/** Removes the first line of its input, writes it to descriptor 3, writes its argument instead and passes the rest through. It never contains anything from a project. */
const SCRIPT = `IFS= read -r line && printf '%s' "$line" >&3 && exec 3>&- && printf '%s' "$1" && exec cat`

/** Passes y4m from a decoder to an encoder, under the header of the project's format. */
export interface Y4mRelay {
  readonly decoding: PieceDecode
  /** The header that the decoder announced; empty when it announced none. */
  readonly header: Promise<string>
  /** Whether the end of a decoder means that nobody read its output: then the encoder's message is the reason. */
  readonly stoppedReading: (decoded: ProcessEnd) => boolean
  /** Settles once everything is passed on and the relay has ended. @throws MediaError `encode-failed` when the relay itself failed */
  readonly ended: Promise<void>
}

export interface Y4mRelayInit extends RunOptions {
  readonly video: VideoFormat
  /** The encoder's input; handed over. */
  readonly to: Writable
  readonly nice: number
  /** Starts the decoder. @param y4m where it writes: handed over, or a pipe to here */
  readonly decode: (y4m: Writable | 'pipe') => PieceDecode
}

const saysBrokenPipe = ({ code, killedBy, stderrTail }: ProcessEnd): boolean =>
  killedBy === 'SIGPIPE' || (code !== 0 && /Broken pipe|Connection reset/i.test(stderrTail))

/** The frames go from program to program: through this process they would cost a fifth of a fast encode. */
export function startShellRelay({ video, to, nice, signal, decode }: Y4mRelayInit): Y4mRelay {
  const words = ['-c', SCRIPT, 'sh', y4mHeader(video)]
  const relay = startProcess('sh', words, { signal, stdin: 'pipe', stdout: to, extra: true, nice })
  const ended = relay.ended.then((end) => expectSuccess(end, 'sh', 'encode-failed'))
  ended.catch(() => {})
  return {
    header: text(relay.extra).catch(() => ''),
    decoding: decode(relay.stdin),
    stoppedReading: saysBrokenPipe,
    ended
  }
}

/** The relay for systems without a shell. */
export function startOwnRelay({ video, to, signal, decode }: Y4mRelayInit): Y4mRelay {
  const decoding = decode('pipe')
  const header = Promise.withResolvers<string>()
  let isUnread = false
  const passOn = async (): Promise<void> => {
    try {
      await pipeline(decoding.process.stdout, (y4m: Readable) => withHeader(y4m, video, header.resolve), to, { signal })
    } catch (error) {
      signal.throwIfAborted()
      // The encoder's own end tells why.
      isUnread = true
      to.destroy()
      if (!(error instanceof Error && 'code' in error)) throw error
    } finally {
      header.resolve('')
    }
  }
  const ended = passOn()
  ended.catch(() => {})
  return { header: header.promise, decoding, stoppedReading: (end) => isUnread || saysBrokenPipe(end), ended }
}

/** The same frames under another header. */
async function* withHeader(
  y4m: Readable,
  video: VideoFormat,
  onHeader: (header: string) => void
): AsyncGenerator<Uint8Array, void, undefined> {
  let before: Buffer | undefined = Buffer.alloc(0)
  for await (const chunk of y4m as AsyncIterable<Buffer>) {
    if (before === undefined) {
      yield chunk
      continue
    }
    before = Buffer.concat([before, chunk])
    const end = before.indexOf(0x0a)
    if (end < 0 && before.length <= Y4M_HEADER_BYTES_MAX) continue
    onHeader(before.subarray(0, end < 0 ? Y4M_HEADER_BYTES_MAX : end).toString())
    yield Buffer.from(y4mHeader(video))
    yield before.subarray(end + 1)
    before = undefined
  }
}

/** @throws MediaError `input-mismatch` when the decoder announced frames of another format; none at all are the decoder's own failure */
export async function checkY4mHeader({ header }: Y4mRelay, video: VideoFormat): Promise<void> {
  const found = await header
  if (found !== '' && !y4mHeaderFits(found, video))
    throw new MediaError('input-mismatch', `The piece decodes to another format: ${found.slice(0, 100)}`)
}

export const startY4mRelay: (init: Y4mRelayInit) => Y4mRelay = thisSystem.hasShell ? startShellRelay : startOwnRelay
