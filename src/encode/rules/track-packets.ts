/** Packets of one track, in the order of the file. */
export interface TrackPackets {
  readonly timesMs: readonly number[]
  /** A checksum of each one's bytes. */
  readonly sums: readonly number[]
  /** When each ends, where that was asked for; otherwise empty. */
  readonly endsMs: readonly number[]
  /** When the last to end ends. */
  readonly endMs: number
  /** Packets that begin before the one before them is over, and by how much. */
  readonly seams: readonly Seam[]
}

export interface Seam {
  readonly packet: number
  readonly overlapMs: number
}

/** Packets at a jump of the times overlap by no more than the video's lead over the audio there. */
export const SEAM_MS_MAX = 250

/** The last to end is among the last packets: as many as may be out of order. */
const ENDS_LOOKED_AT = 1000

/** Whether more than half of a packet is over when it begins. Less is rounding. */
export const overlaps = (beforeEndMs: number, startMs: number, endMs: number): boolean =>
  startMs < beforeEndMs - (endMs - startMs) / 2

/** The packets by their times: subtitles that are visible at the same time may be in the file in any order. */
export function sameOrder(track: TrackPackets): TrackPackets {
  const { timesMs, sums, endsMs } = track
  if (timesMs.every((time, n) => n === 0 || time >= (timesMs[n - 1] ?? 0))) return track
  const order = timesMs.map((_, n) => n).toSorted((a, b) => (timesMs[a] ?? 0) - (timesMs[b] ?? 0))
  const sorted = (values: readonly number[]): number[] =>
    values.length === 0 ? [] : order.map((n) => values[n] ?? Number.NaN)
  return { ...track, timesMs: sorted(timesMs), sums: sorted(sums), endsMs: sorted(endsMs) }
}

/** The packets that begin from one time to before another, with their times counted from `originMs`. */
export function packetsBetween(track: TrackPackets, fromMs: number, untilMs: number, originMs: number): TrackPackets {
  const kept = track.timesMs.flatMap((time, n) => (time >= fromMs && time < untilMs ? [n] : []))
  const isWhole = kept.length === track.timesMs.length
  const later = (values: readonly number[]): number[] => kept.map((n) => (values[n] ?? Number.NaN) - originMs)
  const endsMs = track.endsMs.length === 0 ? [] : later(track.endsMs)
  const lastMs = isWhole ? track.endMs - originMs : Math.max(0, ...endsMs.slice(-ENDS_LOOKED_AT))
  const seams = track.seams.flatMap(({ packet, overlapMs }) => {
    const at = kept.indexOf(packet)
    return at < 0 ? [] : [{ packet: at, overlapMs }]
  })
  return {
    timesMs: later(track.timesMs),
    sums: kept.map((n) => track.sums[n] ?? Number.NaN),
    endsMs,
    endMs: lastMs,
    seams
  }
}
