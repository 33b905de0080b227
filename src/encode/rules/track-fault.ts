/** Packets of one track. */
interface Packets {
  readonly timesMs: readonly number[]
  readonly endMs: number
}

/** How a finished track is compared with what it was made of. */
export interface TrackRule {
  /** Packets go over one by one. */
  readonly isExact: boolean
  /** Packets that may be more or fewer: at the edges of a part, or of a damaged stream. */
  readonly slack: number
  /** How far a time may be off, in milliseconds. */
  readonly offMs: number
}

/** Subtitles that are handed over one by one. */
const LINES = new Set('subrip srt ass ssa webvtt mov_text text hdmv_pgs_subtitle'.split(' '))

/** Sound whose packets are handed over one by one. Packets of other sound are put together again. */
const ONE_BY_ONE = new Set('aac opus vorbis flac alac'.split(' '))

/** Codecs whose frames are looked for in the packets, so that what is no frame falls out. */
const BY_FRAMES = new Set('ac3 eac3 mp3 mp2 dts truehd mlp'.split(' '))

const FRAMES_SLACK_SHARE = 0.005

/** Where packets overlap, as they do at a jump of the times, mkvmerge puts one behind the other: not more than two of them. Nobody hears it. */
const SOUND_OFF_MS = 80
const LINE_OFF_MS = 10

/** What holds of a track of a codec; `isEncoded` where it was encoded again, `isPart` where it was cut. */
export function trackRule(codec: string, packets: number, how: { isEncoded: boolean; isPart: boolean }): TrackRule {
  if (how.isEncoded) return { isExact: false, slack: Infinity, offMs: 120 }
  const edges = how.isPart ? 2 : 0
  if (LINES.has(codec)) return { isExact: true, slack: edges, offMs: LINE_OFF_MS }
  if (ONE_BY_ONE.has(codec)) return { isExact: true, slack: edges, offMs: SOUND_OFF_MS }
  if (BY_FRAMES.has(codec))
    return { isExact: true, slack: edges + Math.floor(packets * FRAMES_SLACK_SHARE), offMs: SOUND_OFF_MS }
  return { isExact: false, slack: Infinity, offMs: 120 }
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(3)} s`

/** The first packet that is where the source has none. */
function strayPacket(wanted: readonly number[], found: readonly number[], offMs: number): string | undefined {
  const sorted = wanted.toSorted((a, b) => a - b)
  let at = 0
  for (const time of found.toSorted((a, b) => a - b)) {
    while (at + 1 < sorted.length && Math.abs((sorted[at + 1] ?? 0) - time) <= Math.abs((sorted[at] ?? 0) - time))
      at += 1
    const off = time - (sorted[at] ?? 0)
    if (Math.abs(off) > offMs)
      return `at ${seconds(time)} it is ${Math.abs(Math.round(off))} ms ${off > 0 ? 'late' : 'early'}`
  }
  return undefined
}

/** What is wrong with a finished track, as the end of a sentence; undefined where nothing is. */
export function trackFault(source: Packets, film: Packets, rule: TrackRule): string | undefined {
  const wanted = source.timesMs
  const found = film.timesMs
  if (Math.abs(found.length - wanted.length) > rule.slack) return `it has ${found.length} packets, not ${wanted.length}`
  if (wanted.length === 0 || found.length === 0)
    return wanted.length === found.length ? undefined : `it has ${found.length} packets, not ${wanted.length}`
  const edgeMs = rule.slack === 0 ? rule.offMs : Math.max(rule.offMs, 120)
  const [first, last] = [Math.min(...ends(found)), film.endMs]
  const [wantedFirst, wantedLast] = [Math.min(...ends(wanted)), source.endMs]
  if (Math.abs(first - wantedFirst) > edgeMs) return `it begins at ${seconds(first)}, not ${seconds(wantedFirst)}`
  if (rule.isExact) {
    const stray = strayPacket(wanted, found, rule.offMs)
    if (stray !== undefined) return stray
  }
  // How long the last packet lasts is not written everywhere.
  const lastMs = edgeMs + 200
  if (Math.abs(last - wantedLast) > lastMs) return `it ends at ${seconds(last)}, not ${seconds(wantedLast)}`
  return undefined
}

/** Enough of the times to know the first: B-frames of sound there are none. */
function ends(times: readonly number[]): readonly number[] {
  return times.slice(0, 16)
}
