import { together } from '../../common/together.ts'
import {
  becomesOpus,
  checkTrack,
  damagedRule,
  packetsBetween,
  type SourceTrack,
  type TrackCheck,
  type TrackPackets,
  trackRule,
  type TrackRule
} from '../rules/index.ts'
import type { CheckedTrack } from './check-report.ts'
import { clockOfOthers } from '../programs/clock.ts'
import { isSpliced } from './codec-delays.ts'
import { MediaError } from '../programs/errors.ts'
import { isMatroska, type ProbedStream, type ProbeReport } from '../programs/ffprobe.ts'
import { isDamaged, plainStream, readPackets, type ReadPackets } from './packets.ts'
import type { JoinPlan } from './plan.ts'
import type { JoinInput } from './types.ts'
import type { RunOptions } from '../programs/run-options.ts'

export const broken = (what: string): MediaError =>
  new MediaError('join-failed', `The joined file failed its check: ${what}.`)

const packetTracks = (tracks: readonly SourceTrack[]): SourceTrack[] =>
  tracks.filter(({ type, codec }) => type !== 'attachment' && codec !== '')

/** A packet that begins where the part does may be on either side: times are rounded on the way. */
const EDGE_MS = 1

/** A track's packets as they may be in the film: all of them, or those of the part that is kept, from 0 on where the source has times before it. */
function mayBe(track: TrackPackets, { codec }: SourceTrack, { source, kept }: JoinInput): readonly TrackPackets[] {
  // Packets that begin before 0 are not in the film; Opus begins there by its pre-skip.
  const isWhole = isMatroska(source.container) || codec === 'opus'
  if (kept === undefined && isWhole) return [track]
  const { startMs, endMs = Infinity } = kept ?? { startMs: 0 }
  return [startMs - EDGE_MS, startMs + EDGE_MS].flatMap((from) =>
    [endMs + EDGE_MS, endMs - EDGE_MS].map((until) => packetsBetween(track, from, until, startMs))
  )
}

function sourcePackets(input: JoinInput, plan: JoinPlan, options: RunOptions): Promise<readonly ReadPackets[]> {
  const { path, container } = input.source
  const raw = isMatroska(container)
  const streams = packetTracks(plan.tracks).map(({ type, index, codec }) => ({
    index,
    isSound: type === 'audio',
    hasHeaders: codec === 'aac' && container.includes('mpeg'),
    isSpliced: isSpliced(container, codec)
  }))
  const init = { raw, ends: input.kept !== undefined, streams, clock: clockOfOthers(input.source, plan.probed) }
  return readPackets(path, init, options)
}

function filmPackets(
  file: string,
  streams: readonly ProbedStream[],
  options: RunOptions
): Promise<readonly ReadPackets[]> {
  const read = streams.map(({ index, codec_type: type }) => plainStream(index, type === 'audio'))
  return readPackets(file, { raw: true, ends: false, streams: read, clock: [] }, options)
}

/** The first variant without a fault; otherwise the fault of the one with the right number of packets. */
function best(ways: readonly TrackPackets[], film: TrackPackets, rule: TrackRule): TrackCheck {
  const checks = ways.map((way) => ({ ...checkTrack(way, film, rule), packets: way.timesMs.length }))
  const found =
    checks.find(({ fault }) => fault === undefined) ??
    checks.find(({ packets }) => packets === film.timesMs.length) ??
    checks[0]
  return found ?? { fault: 'it has no packets', offMs: 0 }
}

interface Pair {
  readonly track: SourceTrack
  readonly stream: ProbedStream
  readonly source: ReadPackets
  readonly film: ReadPackets
}

async function checkPair(
  pair: Pair,
  input: JoinInput,
  { streams }: JoinPlan,
  options: RunOptions
): Promise<CheckedTrack & TrackCheck> {
  const { track, stream, source, film } = pair
  const becomes = stream.codec_name
  const what = { type: track.type === 'audio' ? 'audio' : 'subtitle', codec: track.codec, becomes } as const
  const ways = mayBe(source, track, input)
  const rule = trackRule(becomesOpus(track, streams) ? '' : track.codec, becomes, input.kept !== undefined)
  const exact = best(ways, film, rule)
  const packets = film.timesMs.length
  const by = rule.isSameBytes ? 'bytes' : rule.isOneByOne ? 'times' : 'ends'
  if (exact.fault === undefined || what.type !== 'audio' || !rule.isOneByOne) return { ...what, packets, by, ...exact }
  if (!(await isDamaged(input.source.path, track.index, options))) return { ...what, packets, by, ...exact }
  return { ...what, packets, by: 'most times', ...best(ways, film, damagedRule(rule, packets)) }
}

const isOther = ({ codec_type: type }: ProbedStream): boolean => type === 'audio' || type === 'subtitle'

/** The film's stream of each kept track. mkvmerge puts sound before subtitles in no file; each kind keeps its order. @throws MediaError `join-failed` */
export function filmStreams(tracks: readonly SourceTrack[], film: ProbeReport): ReadonlyMap<SourceTrack, ProbedStream> {
  const found = new Map<SourceTrack, ProbedStream>()
  for (const kind of ['audio', 'subtitle'] as const) {
    const streams = film.streams.filter((stream) => stream.codec_type === kind)
    const wanted = tracks.filter((track) => track.type === kind)
    if (streams.length !== wanted.length) throw broken(`it has ${streams.length} ${kind} streams, not ${wanted.length}`)
    for (const [n, stream] of streams.entries()) {
      const track = wanted[n]
      if (track !== undefined) found.set(track, stream)
    }
  }
  return found
}

/**
 * Compares every track of the film besides the video with the source's: each one's packets, their bytes where they stay as they are, where they are, beginning and end. The times of
 * sound are so held against the picture's, which have the same clock.
 * @throws MediaError `join-failed` with what differs
 */
export async function checkTracks(
  { file, input, film, plan }: { file: string; input: JoinInput; film: ProbeReport; plan: JoinPlan },
  options: RunOptions
): Promise<readonly CheckedTrack[]> {
  const places = filmStreams(plan.tracks, film)
  const streams = film.streams.filter(isOther)
  const [before, after] = await together<[readonly ReadPackets[], readonly ReadPackets[]]>(
    [
      async (signal) => sourcePackets(input, plan, { signal }),
      async (signal) => filmPackets(file, streams, { signal })
    ],
    options
  )
  const checked: CheckedTrack[] = []
  for (const [n, track] of packetTracks(plan.tracks).entries()) {
    const stream = places.get(track)
    const source = before[n]
    const found = stream === undefined ? undefined : after[streams.indexOf(stream)]
    if (stream === undefined || source === undefined || found === undefined || source.isVague) continue
    const { fault, ...one } = await checkPair({ track, stream, source, film: found }, input, plan, options)
    const number = plan.tracks.filter(({ type }) => type === track.type).indexOf(track) + 1
    if (fault !== undefined) throw broken(`${track.type} track ${number}: ${fault}`)
    checked.push(one)
  }
  return checked
}
