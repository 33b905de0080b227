import type { Readable } from 'node:stream'
import { FFMPEG_QUIET, NO_FILES } from './decode.ts'
import { type MediaProcess, startProcess } from './process.ts'
import type { RunOptions } from './types.ts'

/** A segment as WebM, which browsers play; ends early when the file is damaged. Abort the signal when the reader goes away. */
export function ivfToWebm(file: string, { signal }: RunOptions): Readable {
  const input = ['-protocol_whitelist', 'pipe,file', '-format_whitelist', 'ivf', '-f', 'ivf', '-i', `file:${file}`]
  const args = [
    ...FFMPEG_QUIET,
    ...input,
    '-map',
    '0:v:0',
    '-c',
    'copy',
    '-fflags',
    '+bitexact',
    '-f',
    'webm',
    'pipe:1'
  ]
  const running: MediaProcess = startProcess('ffmpeg', args, { signal, stdout: 'pipe', fileBytesMax: NO_FILES })
  running.stdout.once('close', running.kill)
  return running.stdout
}
