import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { readLines } from './lines.ts'

/** One line of ffmpeg's `framehash` muxer. */
export interface FrameHash {
  /** Presentation time in ticks of the time base. */
  readonly pts: number
  readonly hash: string
}

/** ffmpeg's output options for one hash a decoded frame. */
export const FRAME_HASH_OUTPUT: readonly string[] = ['-flush_packets', '1', '-f', 'framehash', '-hash', 'murmur3']

/** Seconds a tick lasts, from a `#tb` line. */
function secondsPerTick(line: string): number | undefined {
  const match = /^#tb \d+: (\d+)\/(\d+)$/.exec(line)
  return match === null ? undefined : Number(match[1]) / Number(match[2])
}

/** Frames of a framehash stream as they come; `onTimeBase` hears the seconds a tick lasts before the first. */
export async function* readFrameHashes(
  stream: Readable,
  onTimeBase: (seconds: number) => void = () => {}
): AsyncGenerator<FrameHash, void, undefined> {
  for await (const line of readLines(stream)) {
    if (line.startsWith('#')) {
      const seconds = secondsPerTick(line)
      if (seconds !== undefined) onTimeBase(seconds)
      continue
    }
    const fields = line.split(',')
    const hash = fields[5]?.trim()
    if (hash !== undefined && /^[0-9a-f]{32}$/.test(hash)) yield { pts: Number(fields[2]), hash }
  }
}

/** The hash that stands for a run of decoded frames: sha-256 (hex) over the frames' hashes, joined by line feeds. */
export const hashOfFrames = (hashes: readonly string[]): string =>
  createHash('sha256').update(hashes.join('\n')).digest('hex')
