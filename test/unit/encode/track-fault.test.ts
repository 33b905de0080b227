import { describe, expect, test } from 'vitest'
import {
  checkTrack,
  damagedRule,
  overlaps,
  packetsBetween,
  type TrackPackets,
  trackRule
} from '../../../src/encode/rules/index.ts'

const times = (count: number, at: (n: number) => number): number[] => Array.from({ length: count }, (_, n) => at(n))

const track = (timesMs: readonly number[], more: Partial<TrackPackets> = {}): TrackPackets => ({
  timesMs,
  sums: timesMs.map((_, n) => n),
  endsMs: [],
  endMs: (timesMs.at(-1) ?? 0) + 20,
  seams: [],
  ...more
})

const AAC = trackRule('aac', 'aac', false)
const LINES = trackRule('subrip', 'mov_text', false)
const source = track(times(100, (n) => n * 20))
const faultOf = (film: TrackPackets, rule = AAC, of = source): string | undefined => checkTrack(of, film, rule).fault

describe('sound that is encoded anew', () => {
  const opus = trackRule('', 'opus', false)
  const primed = track(
    times(100, (n) => n * 20 - 43),
    { endMs: 1957 }
  )

  test('what a decoder drops before 0 is not missed at the beginning', () => {
    for (const first of [-43, -21, -7, 0])
      expect(
        faultOf(
          track(
            times(98, (n) => n * 20 + first),
            { endMs: 1957 }
          ),
          opus,
          primed
        )
      ).toBeUndefined()
  })

  test('after 0, and before the source, it is late and early as ever', () => {
    expect(
      faultOf(
        track(
          times(98, (n) => n * 20 + 35),
          { endMs: 1957 }
        ),
        opus,
        primed
      )
    ).toMatch(/begins at 0.035 s/)
    expect(
      faultOf(
        track(
          times(98, (n) => n * 20 - 80),
          { endMs: 1957 }
        ),
        opus,
        primed
      )
    ).toMatch(/begins at -0.080 s/)
    const later = track(times(100, (n) => n * 20 + 500))
    expect(faultOf(track(times(100, (n) => n * 20 + 540)), opus, later)).toMatch(/begins at 0.540 s/)
  })
})

describe('a track is compared packet by packet', () => {
  test('the same passes, and rounding on the way', () => {
    expect(checkTrack(source, source, AAC)).toEqual({ fault: undefined, offMs: 0 })
    expect(checkTrack(source, track(source.timesMs.map((ms) => ms - 2.5)), AAC)).toEqual({
      fault: undefined,
      offMs: -2.5
    })
  })

  test('a last packet of which the film does not say how long it lasts', () => {
    expect(faultOf(track(source.timesMs, { endMs: 1980 }))).toBeUndefined()
    expect(faultOf(track(source.timesMs, { endMs: 2100 }))).toBe('it ends at 2.100 s, not 2.000 s')
  })

  test('a packet that is missing, or one too many', () => {
    expect(faultOf(track(source.timesMs.slice(1)))).toBe('it has 99 packets, not 100')
    expect(faultOf(track([...source.timesMs, 2000]))).toBe('it has 101 packets, not 100')
    expect(faultOf(track([]))).toBe('it has 0 packets, not 100')
  })

  test('all late, one late, late from somewhere on, slowly later', () => {
    expect(faultOf(track(source.timesMs.map((ms) => ms + 30)))).toBe('packet 1 at 0.000 s is 30 ms late')
    expect(faultOf(track(source.timesMs.map((ms, n) => (n === 7 ? ms - 5 : ms))))).toBe(
      'packet 8 at 0.140 s is 5 ms early'
    )
    expect(faultOf(track(source.timesMs.map((ms) => ms + (ms >= 1000 ? 12 : 0))))).toMatch(/packet 51 .* 12 ms late/)
    expect(faultOf(track(source.timesMs.map((ms) => ms * 1.01)))).toMatch(/late/)
  })

  test('two packets that changed places, and one with other bytes', () => {
    const swapped = source.sums.map((sum) => (sum === 30 ? 31 : sum === 31 ? 30 : sum))
    expect(faultOf(track(source.timesMs, { sums: swapped }))).toBe("packet 31 at 0.600 s is not the source's")
    expect(faultOf(track(source.timesMs, { sums: source.sums.map((sum) => (sum === 99 ? -1 : sum)) }))).toMatch(
      /packet 100 /
    )
  })

  test('a line that is on for another time; one of which nobody knows how long', () => {
    const lines = track([500, 1200], { endsMs: [1000, 1700], endMs: 1700 })
    expect(faultOf(lines, LINES, lines)).toBeUndefined()
    expect(faultOf({ ...lines, endsMs: [1000, 1200] }, LINES, lines)).toBe(
      'what begins at 1.200 s ends at 1.200 s, not 1.700 s'
    )
    const pictures = track([500, 1200], { endsMs: [500, 1200], endMs: 1200 })
    expect(faultOf(lines, trackRule('dvd_subtitle', 'dvd_subtitle', false), pictures)).toBeUndefined()
  })

  test('lines that lie in another order in the file are the same', () => {
    const lines = track([500, 400], { sums: [1, 2], endsMs: [900, 800], endMs: 900 })
    const sorted = track([400, 500], { sums: [2, 1], endsMs: [800, 900], endMs: 900 })
    expect(faultOf(sorted, trackRule('ass', 'ass', false), lines)).toBeUndefined()
  })
})

test('packets that overlap may be late by as much, and no more', () => {
  const seams = [{ packet: 50, overlapMs: 28 }]
  const jumped = track(source.timesMs, { seams })
  const late = (ms: number) =>
    track(
      source.timesMs.map((time, n) => (n >= 50 ? time + ms : time)),
      { endMs: 2000 + ms }
    )
  expect(faultOf(late(28), AAC, jumped)).toBeUndefined()
  expect(faultOf(late(35), AAC, jumped)).toMatch(/packet 51 at 1.000 s is 35 ms late/)
  expect(faultOf(late(28))).toMatch(/late/)
  expect(overlaps(20, 9, 29)).toBe(true)
  expect(overlaps(20, 11, 31)).toBe(false)
})

test('sound that is put together anew is held against beginning and end', () => {
  const rule = trackRule('pcm_bluray', 'flac', false)
  const flac = track([0, 96, 192], { endMs: 2000 })
  expect(faultOf(flac, rule)).toBeUndefined()
  expect(faultOf({ ...flac, timesMs: [40, 136, 232] }, rule)).toBe('it begins at 0.040 s, not 0.000 s')
  expect(faultOf({ ...flac, endMs: 1900 }, rule)).toBe('it ends at 1.900 s, not 2.000 s')
  const cut = trackRule('pcm_bluray', 'flac', true)
  expect(faultOf({ ...flac, timesMs: [76, 172, 268], endMs: 2090 }, cut)).toBeUndefined()
  expect(faultOf({ ...flac, timesMs: [140, 236, 332] }, cut)).toMatch(/begins at 0.140 s/)
  expect(faultOf({ ...flac, timesMs: [] }, rule)).toBe('it has 0 packets, not 100')
})

test('of damaged sound some packets may be missing, none may be elsewhere', () => {
  const rule = damagedRule(AAC, 100)
  const without = (...lost: number[]) => track(source.timesMs.filter((_, n) => !lost.includes(n)))
  expect(faultOf(without(20, 40), rule)).toBeUndefined()
  expect(faultOf(without(1, 2, 3, 4, 5, 6), rule)).toBe('it has 94 packets, not 100')
  expect(faultOf(track(source.timesMs.map((ms) => ms + (ms > 1000 ? 8 : 0))), rule)).toMatch(
    /where the source has none/
  )
})

test('a part holds the packets that begin in it, counted from its start', () => {
  const lines = track([100, 500, 900], { endsMs: [300, 800, 1500], endMs: 1500, seams: [{ packet: 2, overlapMs: 9 }] })
  expect(packetsBetween(lines, 500, 1000, 400)).toEqual({
    timesMs: [100, 500],
    sums: [1, 2],
    endsMs: [400, 1100],
    endMs: 1100,
    seams: [{ packet: 1, overlapMs: 9 }]
  })
})
