import { becomesOpus, KEEP_ALL, type SourceTrack, trackFault, trackRule, type KeptTime } from '../rules/index.ts'
import { clockOfOthers } from '../programs/clock.ts'
import { MediaError } from '../programs/errors.ts'
import { isMatroska, type ProbeReport } from '../programs/ffprobe.ts'
import type { JoinPlan } from './plan.ts'
import { packetTimes, type TrackPackets } from './packet-times.ts'
import type { JoinInput } from './types.ts'
import type { RunOptions } from '../programs/run-options.ts'

export const broken = (what: string): MediaError =>
  new MediaError('join-failed', `The joined file failed its check: ${what}.`)

/** The last to end is among the last packets: as many as may be out of order. */
const ENDS_LOOKED_AT = 1000

const streamsOf = (tracks: readonly SourceTrack[]): SourceTrack[] =>
  tracks.filter(({ type, codec }) => type !== 'attachment' && codec !== '')

/** A track's packets as they are in the part that is kept. */
function ofPart(track: TrackPackets, kept: KeptTime | undefined): TrackPackets {
  if (kept === undefined) return track
  const { startMs, endMs: until = Infinity } = kept
  const inside = track.timesMs.flatMap((time, n) =>
    time >= startMs && time < until ? [{ time: time - startMs, end: (track.endsMs[n] ?? time) - startMs }] : []
  )
  const [timesMs, endsMs] = [inside.map(({ time }) => time), inside.map(({ end }) => end)]
  // A packet is kept whole: a line that is on at the end stays on as long as it did.
  return { ...track, timesMs, endsMs, endMs: Math.max(0, ...endsMs.slice(-ENDS_LOOKED_AT)) }
}

async function sourcePackets(input: JoinInput, plan: JoinPlan, options: RunOptions): Promise<readonly TrackPackets[]> {
  const { path, container } = input.source
  const streams = streamsOf(plan.tracks).map(({ index }) => index)
  const codecs = streamsOf(plan.tracks).map(({ codec }) => codec)
  const raw = isMatroska(container)
  const clock = clockOfOthers(container, plan.probed)
  const found = await packetTimes(path, { raw, ends: input.kept !== undefined, streams, clock }, options)
  return found.map((track, n) => {
    // What begins before 0 has no place in the film; Opus begins there by what it needs to begin.
    const isWhole = raw || codecs[n] === 'opus'
    if (isWhole) return ofPart(track, input.kept)
    const isKept = (_: number, n: number): boolean => (track.timesMs[n] ?? 0) > -1
    const timesMs = track.timesMs.filter(isKept)
    return ofPart({ ...track, timesMs, endsMs: track.endsMs.filter(isKept) }, input.kept)
  })
}

/** In the order of the film: mkvmerge puts sound before subtitles in no file, each kind keeps its order. */
const ofKind = (probed: ProbeReport, type: SourceTrack['type']): number[] =>
  probed.streams.filter((stream) => stream.codec_type === type).map(({ index }) => index)

/**
 * Compares every track of the film besides the video with the source's: how many there are, each one's packets, where they are, beginning and end. The times of sound are so held
 * against the picture's, which have the same clock.
 * @throws MediaError `join-failed` with what differs
 */
export async function checkTracks(
  { file, input, film, plan }: { file: string; input: JoinInput; film: ProbeReport; plan: JoinPlan },
  options: RunOptions
): Promise<void> {
  const streams = streamsOf(plan.tracks)
  for (const kind of ['audio', 'subtitle'] as const) {
    const found = ofKind(film, kind).length
    const wanted = plan.tracks.filter((track) => track.type === kind).length
    if (found !== wanted) throw broken(`it has ${found} ${kind} streams, not ${wanted}`)
  }
  if (streams.length !== plan.tracks.filter(({ type }) => type !== 'attachment').length) return
  const places = film.streams.filter(({ codec_type: type }) => type === 'audio' || type === 'subtitle')
  const [before, after] = [
    await sourcePackets(input, plan, options),
    await packetTimes(file, { raw: true, ends: false, streams: places.map(({ index }) => index), clock: [] }, options)
  ]
  for (const [n, track] of streams.entries()) {
    const same = streams.filter(({ type }) => type === track.type).indexOf(track)
    const place = places.findIndex((stream) => stream === places.filter((one) => one.codec_type === track.type)[same])
    const [source, found] = [before[n], after[place]]
    if (source === undefined || found === undefined || source.isVague) continue
    const isCopied = film.streams.some((one) => one === places[place] && sameCodec(one.codec_name, track.codec))
    const isEncoded = becomesOpus(track, input.streams ?? KEEP_ALL) || !isCopied
    const rule = trackRule(track.codec, source.timesMs.length, { isEncoded, isPart: input.kept !== undefined })
    const fault = trackFault(source, found, rule)
    if (fault !== undefined) throw broken(`of ${track.type} track ${same + 1}: ${fault}`)
  }
}

const TEXTS = new Set(['subrip', 'srt', 'mov_text', 'text', 'ass', 'ssa', 'webvtt'])

function sameCodec(a: string, b: string): boolean {
  return a === b || (TEXTS.has(a) && TEXTS.has(b))
}
