import { FFMPEG_QUIET } from '../programs/decode.ts'
import { LOCAL_FILES } from '../programs/ffprobe.ts'
import { overlaps, type Seam, SEAM_MS_MAX, type TrackPackets } from '../rules/index.ts'
import { readLines } from '../programs/lines.ts'
import { expectSuccess, startProcess } from '../programs/process.ts'
import type { RunOptions } from '../programs/run-options.ts'

/** A packet of these bytes or fewer holds no subtitle: MP4 fills the gaps between lines with them. Silence of Vorbis is a byte a packet. */
const EMPTY_BYTES = 2

/** A stream whose packets are read. */
export interface ReadStream {
  /** Its number as ffprobe counts. */
  readonly index: number
  readonly isSound: boolean
  /** Packets of AAC begin with a header each, which goes. */
  readonly hasHeaders: boolean
  /** Packets that overlap at a jump of the times are left out, as the joining does. */
  readonly isSpliced: boolean
}

/** A stream of a Matroska file or a film, whose packets are taken as they are there. */
export const plainStream = (index: number, isSound: boolean): ReadStream => ({
  index,
  isSound,
  hasHeaders: false,
  isSpliced: false
})

export interface PacketsInit {
  /** Matroska's times are taken raw. */
  readonly raw: boolean
  /** Whether the end of each packet of sound is wanted, not only of the last. Those of lines always are. */
  readonly ends: boolean
  readonly streams: readonly ReadStream[]
  /** A further output of the same run, for its clock. */
  readonly clock: readonly string[]
}

/** Packets as they were read; `isVague` where some have no time, so that the others say little. */
export type ReadPackets = TrackPackets & { readonly isVague: boolean }

interface Reading {
  readonly timesMs: number[]
  readonly sums: number[]
  readonly endsMs: number[]
  readonly seams: Seam[]
  endMs: number
  /** When the packet before ends. */
  beforeMs: number
  isVague: boolean
}

function takeSound(track: Reading, { isSpliced }: ReadStream, startMs: number, endMs: number): boolean {
  const isOver = endMs > startMs && overlaps(track.beforeMs, startMs, endMs)
  const overlapMs = track.beforeMs - startMs
  if (isOver && isSpliced && startMs >= 0 && overlapMs < SEAM_MS_MAX) return false
  if (isOver) track.seams.push({ packet: track.timesMs.length, overlapMs })
  track.beforeMs = endMs
  return true
}

/** Takes a line of ffmpeg's `framecrc`: stream, decoding time, time, duration, bytes, checksum. */
function takePacket(track: Reading, stream: ReadStream, line: string, tickMs: number, ends: boolean): void {
  const [, , pts, duration = 0, bytes = 0, sum = 0] = line.split(',', 6).map(Number)
  if (!(bytes > (stream.isSound ? 0 : EMPTY_BYTES))) return
  if (pts === undefined || !Number.isFinite(pts)) {
    track.isVague = true
    return
  }
  const [startMs, endMs] = [pts * tickMs, (pts + Math.max(duration, 0)) * tickMs]
  if (stream.isSound && !takeSound(track, stream, startMs, endMs)) return
  track.timesMs.push(startMs)
  track.sums.push(sum)
  if (ends || !stream.isSound) track.endsMs.push(endMs)
  track.endMs = Math.max(track.endMs, endMs)
}

/** Reads times and checksums of the packets of some streams in one run of ffmpeg. @throws MediaError `join-failed` */
export async function readPackets(
  file: string,
  { raw, ends, streams, clock }: PacketsInit,
  { signal }: RunOptions
): Promise<readonly ReadPackets[]> {
  const found = streams.map((): Reading => {
    return { timesMs: [], sums: [], endsMs: [], seams: [], endMs: 0, beforeMs: -Infinity, isVague: false }
  })
  if (streams.length === 0) return found
  const ticksMs = streams.map(() => 0)
  const input = ['-threads', '1', ...LOCAL_FILES, ...(raw ? ['-copyts'] : []), '-i', `file:${file}`]
  const maps = streams.flatMap(({ index }) => ['-map', `0:${index}`])
  const bare = streams.flatMap(({ hasHeaders }, n) => (hasHeaders ? [`-bsf:${n}`, 'aac_adtstoasc'] : []))
  const output = [...maps, '-c', 'copy', ...bare, '-avoid_negative_ts', 'disabled', '-f', 'framecrc', 'pipe:1']
  const init = { signal, stdout: 'pipe', reads: [file] } as const
  const running = startProcess('ffmpeg', [...FFMPEG_QUIET, ...input, ...output, ...clock], init)
  for await (const line of readLines(running.stdout)) {
    const base = /^#tb (\d+): (\d+)\/(\d+)/.exec(line)
    const n = Number(base?.[1] ?? line.split(',', 1)[0])
    const [track, stream] = [found[n], streams[n]]
    if (track === undefined || stream === undefined || (base === null && line.startsWith('#'))) continue
    if (base !== null) ticksMs[n] = (1000 * Number(base[2])) / Number(base[3])
    else takePacket(track, stream, line, ticksMs[n] ?? 0, ends)
  }
  expectSuccess(await running.ended, 'ffmpeg', 'join-failed')
  return found
}

/** Whether ffmpeg finds damage in a stream of sound when it decodes it. */
export async function isDamaged(file: string, index: number, { signal }: RunOptions): Promise<boolean> {
  const input = ['-threads', '1', '-err_detect', 'crccheck', ...LOCAL_FILES, '-i', `file:${file}`]
  const init = { signal, reads: [file] }
  const running = startProcess('ffmpeg', [...FFMPEG_QUIET, ...input, '-map', `0:${index}`, '-f', 'null', '-'], init)
  const { code, stderrTail } = await running.ended
  return code !== 0 || stderrTail.trim() !== ''
}
