import type { Readable, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { programFiles, thisSystem } from '../../platform/index.ts'
import { type VideoFormat, Y4M_HEADER_BYTES_MAX, y4mHeader, y4mHeaderFits } from '../rules/index.ts'
import type { PieceDecode } from '../programs/decode.ts'
import { MediaError } from '../programs/errors.ts'
import { expectMemory } from '../programs/out-of-memory.ts'
import { expectSuccess, type MediaProcess, type ProcessEnd, startProcess } from '../programs/process.ts'
import { programStart } from '../programs/programs.ts'
import type { RunOptions } from '../programs/run-options.ts'

/**
 * Removes the first line of its input, writes it to descriptor 3, writes its first argument instead and passes the rest through by the program that is its second. It never contains anything from a project.
 * Without a first line it ends in peace: the decoder tells why there is none.
 */
const SCRIPT = `IFS= read -r line || exit 0; printf '%s' "$line" >&3 && exec 3>&- && printf '%s' "$1" && exec "$2"`

/** Passes y4m from a decoder to an encoder, under the header of the project's format. */
export interface Y4mRelay {
  readonly decoding: PieceDecode
  /** The header that the decoder announced; empty when it announced none. */
  readonly header: Promise<string>
  /** Whether the end of a decoder means that nobody read its output: then the encoder's message is the reason. */
  readonly stoppedReading: (decoded: ProcessEnd) => boolean
  /** Settles once everything is passed on and the relay has ended. @throws MediaError `encode-failed` or `out-of-memory` when the relay failed, or nobody read from it */
  readonly ended: Promise<void>
}

export interface Y4mRelayInit extends RunOptions {
  readonly video: VideoFormat
  /** The encoder's input; handed over. */
  readonly to: Writable
  readonly nice: number
  /** Told when the relay itself failed, not when nobody read from it: an encoder may wait for ever for what then never comes. */
  readonly onFailed: (error: unknown) => void
  /** Starts the decoder. @param y4m where it writes: handed over, or a pipe to here */
  readonly decode: (y4m: Writable | 'pipe') => PieceDecode
}

const saysBrokenPipe = ({ code, killedBy, stderrTail }: ProcessEnd): boolean =>
  killedBy === 'SIGPIPE' || (code !== 0 && /Broken pipe|Connection reset/i.test(stderrTail))

/** What passes the frames on, by its whole path, as a box may hide where it is found. @throws MediaError `tool-missing` */
function passer(): { readonly path: string; readonly reads: readonly string[] } {
  const [path] = programStart('cat').words
  const { program, reads } = programFiles(path)
  // By the name of its link: one program may be many, by their names.
  return { path, reads: program === path ? reads : [...reads, path] }
}

/** For messages: either of the two may be the one that failed. */
const RELAY = 'The relay (sh and cat)'

async function endOfRelay({ ended }: MediaProcess, onFailed: (error: unknown) => void): Promise<void> {
  let isUnread = false
  try {
    const end = await ended
    isUnread = saysBrokenPipe(end)
    expectMemory(end, RELAY)
    expectSuccess(end, RELAY, 'encode-failed')
  } catch (error) {
    if (!isUnread) onFailed(error)
    throw error
  }
}

/**
 * The frames go from program to program: through this process they would cost a fifth of a fast encode.
 * @throws MediaError `tool-missing`
 */
export function startShellRelay({ video, to, nice, signal, onFailed, decode }: Y4mRelayInit): Y4mRelay {
  const { path, reads } = passer()
  const words = ['-c', SCRIPT, 'sh', y4mHeader(video), path]
  const relay = startProcess('sh', words, { signal, stdin: 'pipe', stdout: to, extra: true, nice, reads })
  const ended = endOfRelay(relay, onFailed)
  ended.catch(() => {})
  return {
    header: text(relay.extra).catch(() => ''),
    decoding: decode(relay.stdin),
    stoppedReading: saysBrokenPipe,
    ended
  }
}

/** The relay for systems without a shell. */
export function startOwnRelay({ video, to, signal, onFailed, decode }: Y4mRelayInit): Y4mRelay {
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
      if (error instanceof Error && 'code' in error) return
      onFailed(error)
      throw error
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
