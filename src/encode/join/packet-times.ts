import { FFMPEG_QUIET, NO_FILES } from '../programs/decode.ts'
import { LOCAL_FILES } from '../programs/ffprobe.ts'
import { readLines } from '../programs/lines.ts'
import { expectSuccess, startProcess } from '../programs/process.ts'
import type { RunOptions } from '../programs/run-options.ts'

/** A packet of these bytes or fewer holds no subtitle: MP4 fills the gaps between lines with them. */
const EMPTY_BYTES = 2

/** Packets of one track in the order of the file. */
export interface TrackPackets {
  readonly timesMs: readonly number[]
  /** When each ends, where that was asked for; otherwise empty. */
  readonly endsMs: readonly number[]
  /** When the last to end ends. */
  readonly endMs: number
  /** Some packets have no time: the others say little. */
  readonly isVague: boolean
}

export interface PacketsInit {
  /** Matroska's times are taken raw. */
  readonly raw: boolean
  /** Whether the end of each packet is wanted, not only of the last. */
  readonly ends: boolean
  /** Numbers of streams as ffprobe counts them. */
  readonly streams: readonly number[]
  /** A further output of the same run, for its clock. */
  readonly clock: readonly string[]
}

/** Reads the times of packets of some streams in one run of ffmpeg. @throws MediaError `join-failed` */
export async function packetTimes(
  file: string,
  { raw, ends, streams, clock }: PacketsInit,
  { signal }: RunOptions
): Promise<readonly TrackPackets[]> {
  const found = streams.map(() => ({
    timesMs: [] as number[],
    endsMs: [] as number[],
    endMs: 0,
    tickMs: 0,
    isVague: false
  }))
  if (streams.length === 0) return found
  const input = ['-threads', '1', ...LOCAL_FILES, ...(raw ? ['-copyts'] : []), '-i', `file:${file}`]
  const maps = streams.flatMap((index) => ['-map', `0:${index}`])
  const output = [...maps, '-c', 'copy', '-avoid_negative_ts', 'disabled', '-f', 'framecrc', 'pipe:1']
  const init = { signal, stdout: 'pipe', fileBytesMax: NO_FILES } as const
  const running = startProcess('ffmpeg', [...FFMPEG_QUIET, ...input, ...output, ...clock], init)
  for await (const line of readLines(running.stdout)) {
    const base = /^#tb (\d+): (\d+)\/(\d+)/.exec(line)
    const track = found[Number(base?.[1] ?? line.split(',', 1)[0])]
    if (track === undefined || (base === null && line.startsWith('#'))) continue
    if (base !== null) {
      track.tickMs = (1000 * Number(base[2])) / Number(base[3])
      continue
    }
    const [, , pts, duration, bytes] = line.split(',').map(Number)
    if (!((bytes ?? 0) > EMPTY_BYTES)) continue
    if (pts === undefined || !Number.isFinite(pts)) {
      track.isVague = true
      continue
    }
    track.timesMs.push(pts * track.tickMs)
    const endMs = (pts + Math.max(duration ?? 0, 0)) * track.tickMs
    if (ends) track.endsMs.push(endMs)
    track.endMs = Math.max(track.endMs, endMs)
  }
  expectSuccess(await running.ended, 'ffmpeg', 'join-failed')
  return found
}
