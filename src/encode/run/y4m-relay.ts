import { text } from 'node:stream/consumers'
import type { Writable } from 'node:stream'
import { type VideoFormat, y4mHeader, y4mHeaderFits } from '../spec/index.ts'
import { MediaError } from './errors.ts'
import { type MediaProcess, startProcess } from './process.ts'
import type { RunOptions } from './types.ts'

/** Takes the first line off what comes, says it on descriptor 3, puts its argument in its place and passes the rest through. Nothing of a project is ever part of it. */
const SCRIPT = `IFS= read -r line && printf '%s' "$line" >&3 && exec 3>&- && printf '%s' "$1" && exec cat`

/** Passes y4m from a decoder to an encoder, under the header of the project's format. */
export interface Y4mRelay {
  readonly process: MediaProcess
  /** Waits for the decoder's header; none at all is the decoder's own failure. @throws MediaError `input-mismatch` when it announced frames of another format */
  readonly checkHeader: () => Promise<void>
}

export interface Y4mRelayInit extends RunOptions {
  readonly video: VideoFormat
  /** The encoder's input; handed over. */
  readonly to: Writable
  readonly nice: number
}

/** The frames go from program to program: through this process they would cost a fifth of a fast encode. */
export function startY4mRelay({ video, to, nice, signal }: Y4mRelayInit): Y4mRelay {
  const process = startProcess('sh', ['-c', SCRIPT, 'sh', y4mHeader(video)], {
    signal,
    stdin: 'pipe',
    stdout: to,
    extra: true,
    nice
  })
  const header = text(process.extra).catch(() => '')
  return {
    process,
    checkHeader: async () => {
      const found = await header
      if (found !== '' && !y4mHeaderFits(found, video)) {
        throw new MediaError('input-mismatch', `The piece decodes to another format: ${found.slice(0, 100)}`)
      }
    }
  }
}
