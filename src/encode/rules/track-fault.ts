import { sameOrder, type TrackPackets } from './track-packets.ts'

/** How a finished track is compared with its source track. */
export interface TrackRule {
  /** Packets are copied one by one; none is rebuilt. */
  readonly isOneByOne: boolean
  /** Their bytes stay as they are. */
  readonly isSameBytes: boolean
  /** Packets that may be other or missing: where the source's own are damaged. */
  readonly slack: number
  /** How far a time may be off, in milliseconds. */
  readonly offMs: number
  /** How far the end of a track or of a line may be off: how long a packet lasts is not written everywhere. */
  readonly endOffMs: number
  /** Rebuilt packets were cut to a part: beginning and end may be later by one packet. */
  readonly isCut: boolean
}

/** The result for a track. */
export interface TrackCheck {
  /** As the end of a sentence; undefined if nothing is wrong. */
  readonly fault: string | undefined
  /** The largest difference of a packet's time, in milliseconds. */
  readonly offMs: number
}

/** Subtitles that are handed over one by one. */
const LINES = new Set('subrip srt ass ssa webvtt mov_text text hdmv_pgs_subtitle dvd_subtitle'.split(' '))

/** Subtitles whose bytes each container writes in its own way. */
const TEXTS = new Set('subrip srt ass ssa webvtt mov_text text'.split(' '))

/** Sound whose packets are handed over one by one, byte by byte. */
const SOUND = new Set('aac opus vorbis flac alac ac3 eac3 mp3 mp2 dts truehd mlp tta'.split(' '))

/** A time goes through whole milliseconds three times: in a Matroska source, in the file with all that is not the video, and in the film. */
const OFF_MS = 3

/** Rebuilt audio begins within one of its packets. */
const REGROUPED_OFF_MS = 30

const END_OFF_MS = 60

/** ffmpeg takes each packet of these for a full one; only their times and bytes tell something. */
const ENDLESS = new Set(['tta'])

/** The rule for a track of a codec, empty if the track was encoded again; `becomes` is the film's codec, `isPart` is set if only a part was kept. */
export function trackRule(codec: string, becomes: string, isPart: boolean): TrackRule {
  const isText = TEXTS.has(codec) && TEXTS.has(becomes)
  const isSame = codec === becomes || isText
  const isOneByOne = isSame && (SOUND.has(codec) || LINES.has(codec))
  return {
    isOneByOne,
    isSameBytes: isOneByOne && !isText,
    slack: 0,
    offMs: isOneByOne ? OFF_MS : REGROUPED_OFF_MS,
    endOffMs: ENDLESS.has(codec) ? Infinity : END_OFF_MS,
    isCut: isPart && !isOneByOne
  }
}

/** How many packets may be other where the source's own are damaged: a share, and those beside a fault. */
const DAMAGED_SHARE = 0.02
const DAMAGED_MIN = 4

/** The rule for audio in which ffmpeg finds damage: mkvmerge leaves out data that is not a frame. */
export const damagedRule = (rule: TrackRule, packets: number): TrackRule => ({
  ...rule,
  slack: Math.max(DAMAGED_MIN, Math.ceil(packets * DAMAGED_SHARE))
})

const seconds = (ms: number): string => `${(ms / 1000).toFixed(3)} s`
const offBy = (ms: number): string => `${Math.abs(ms).toFixed(0)} ms ${ms > 0 ? 'late' : 'early'}`

/** Packets by number. mkvmerge puts packets that overlap one behind the other, so each may be as late as those before it overlap. */
function eachPacket(source: TrackPackets, film: TrackPackets, rule: TrackRule): TrackCheck {
  let most = 0
  let late = 0
  let seam = 0
  for (const [n, wanted] of source.timesMs.entries()) {
    for (let next = source.seams[seam]; next !== undefined && next.packet <= n; next = source.seams[(seam += 1)])
      late += next.overlapMs
    const off = (film.timesMs[n] ?? Infinity) - wanted
    if (off > rule.offMs + late || off < -rule.offMs)
      return { fault: `packet ${n + 1} at ${seconds(wanted)} is ${offBy(off)}`, offMs: off }
    if (rule.isSameBytes && film.sums[n] !== source.sums[n])
      return { fault: `packet ${n + 1} at ${seconds(wanted)} is not the source's`, offMs: off }
    if (Math.abs(off) > Math.abs(most)) most = off
    const [end, ends] = [film.endsMs[n], source.endsMs[n]]
    if (end !== undefined && ends !== undefined && ends > wanted && Math.abs(end - ends) > rule.endOffMs + late)
      return { fault: `what begins at ${seconds(wanted)} ends at ${seconds(end)}, not ${seconds(ends)}`, offMs: off }
  }
  return { fault: undefined, offMs: most }
}

/** The longest packet, by when the next begins. */
const packetMs = ({ timesMs }: TrackPackets): number =>
  timesMs.reduce((most, time, n) => Math.max(most, time - (timesMs[n - 1] ?? time)), 0)

/** Beginning and end, for packets that do not go over one by one. */
function edges(source: TrackPackets, film: TrackPackets, rule: TrackRule): TrackCheck {
  const late = source.seams.reduce((sum, { overlapMs }) => sum + overlapMs, 0)
  const [first = 0, wanted = 0] = [film.timesMs[0], source.timesMs[0]]
  const offMs = first - wanted
  const cut = rule.isCut ? packetMs(film) : 0
  // Before 0 is the decoder's priming: the decoder drops it, and an encode of its output begins with its own.
  const latest = rule.isOneByOne ? wanted : Math.max(wanted, 0)
  if (first > latest + rule.offMs + cut || offMs < -rule.offMs)
    return { fault: `it begins at ${seconds(first)}, not ${seconds(wanted)}`, offMs }
  const end = film.endMs - source.endMs
  // Matroska does not always say how long the last packet lasts, and of ALAC ffmpeg does not know it.
  const isLastingSaid = [source, film].every(({ endMs, timesMs }) => endMs > (timesMs.at(-1) ?? 0))
  if (!isLastingSaid) return { fault: undefined, offMs }
  if (end > rule.endOffMs + late + cut || end < -rule.endOffMs)
    return { fault: `it ends at ${seconds(film.endMs)}, not ${seconds(source.endMs)}`, offMs: end }
  return { fault: undefined, offMs }
}

/** Where packets are damaged: how many are there, and that none is where the source has none. */
function nearly(source: TrackPackets, film: TrackPackets, rule: TrackRule): TrackCheck {
  const near = (ms: number, others: readonly number[], from: number): number => {
    let at = from
    while (at + 1 < others.length && Math.abs((others[at + 1] ?? 0) - ms) <= Math.abs((others[at] ?? 0) - ms)) at += 1
    return at
  }
  let strays = 0
  let at = 0
  for (const time of film.timesMs) {
    at = near(time, source.timesMs, at)
    if (Math.abs(time - (source.timesMs[at] ?? 0)) > rule.offMs) strays += 1
  }
  const fault = strays > rule.slack ? `${strays} packets are where the source has none` : undefined
  return fault === undefined ? edges(source, film, { ...rule, offMs: Infinity, endOffMs: 200 }) : { fault, offMs: 0 }
}

const isCount = (found: number, wanted: number, rule: TrackRule): boolean =>
  !rule.isOneByOne ? (found === 0) === (wanted === 0) : Math.abs(found - wanted) <= rule.slack

/** Compares a finished track with its source track. */
export function checkTrack(source: TrackPackets, film: TrackPackets, rule: TrackRule): TrackCheck {
  const [wanted, found] = [source.timesMs.length, film.timesMs.length]
  if (!isCount(found, wanted, rule)) return { fault: `it has ${found} packets, not ${wanted}`, offMs: 0 }
  if (wanted === 0) return { fault: undefined, offMs: 0 }
  if (!rule.isOneByOne) return edges(source, film, rule)
  if (rule.slack > 0) return nearly(source, film, rule)
  const [before, after] = [sameOrder(source), sameOrder(film)]
  const each = eachPacket(before, after, rule)
  return each.fault === undefined ? { ...edges(before, after, rule), offMs: each.offMs } : each
}
