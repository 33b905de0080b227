import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chooseVideoTrack, type VideoTrack } from '../../../src/encode/rules/index.ts'

const EVERY = { film: 1 / 24, slides: 5 } as const

const track = (index: number, kind: 'film' | 'slides' | 'still' | 'cover' | 'unknown'): VideoTrack => {
  const times = { film: 240, slides: 3, still: 1, cover: 1, unknown: 0 }[kind]
  const step = kind === 'slides' ? EVERY.slides : EVERY.film
  return {
    index,
    codec: kind === 'film' ? 'h264' : 'mjpeg',
    width: 1280,
    height: 720,
    title: '',
    isMarked: kind === 'cover',
    timesSeconds: Array.from({ length: times }, (_, n) => n * step)
  }
}

const chosen = (kinds: readonly Parameters<typeof track>[1][], wanted?: number) =>
  chooseVideoTrack(
    // Numbers of streams are not those of tracks.
    kinds.map((kind, n) => track(2 * n + 1, kind)),
    wanted
  )

describe('without a word the film is the first track that is no picture', () => {
  test.for([
    [['film'], 1],
    [['still', 'film'], 3],
    [['slides', 'film'], 3],
    [['cover', 'film'], 3],
    [['cover', 'still', 'slides', 'film', 'film'], 7],
    // Nothing else is there.
    [['still'], 1],
    [['cover', 'slides', 'still'], 3],
    // Begins later than anybody looked.
    [['unknown', 'film'], 1]
  ] as const)('%j', ([kinds, index]) => {
    expect(chosen(kinds)).toMatchObject({ type: 'track', track: { index } })
  })

  test('covers alone are no film', () => {
    expect(chosen(['cover', 'cover'])).toEqual({ type: 'none' })
    expect(chosen([])).toEqual({ type: 'none' })
  })
})

test('what is left out is named', () => {
  expect(chosen(['film', 'cover'])).toMatchObject({ notes: [] })
  expect(chosen(['still', 'film'])).toMatchObject({
    notes: ['Video track 1 (mjpeg, 1280x720) is only a picture and not kept; track 2 (h264, 1280x720) is encoded.']
  })
  expect(chosen(['film', 'film', 'slides', 'film'])).toMatchObject({
    notes: [
      'Video track 3 (mjpeg, 1280x720) is only a picture and not kept; track 1 (h264, 1280x720) is encoded.',
      'The source has 3 video tracks: track 1 (h264, 1280x720) is encoded, track 2 (h264, 1280x720), track 4 (h264, 1280x720) are not kept; --video-track chooses another.'
    ]
  })
})

test('a track that is asked for is taken, whatever its rate', () => {
  expect(chosen(['film', 'film'], 2)).toMatchObject({
    type: 'track',
    track: { index: 3 },
    notes: ['The source has 2 video tracks: track 2 (h264, 1280x720) is encoded, track 1 (h264, 1280x720) is not kept.']
  })
  expect(chosen(['film', 'slides'], 2)).toMatchObject({ track: { index: 3 } })
  expect(chosen(['cover', 'film'], 2)).toMatchObject({ track: { index: 3 }, notes: [] })
})

test('a track that is not there, or is a cover, is refused with those that are', () => {
  expect(chosen(['film', 'film'], 3)).toEqual({
    type: 'refused',
    reason:
      'There is no video track 3; the source has track 1 (h264, 1280x720), track 2 (h264, 1280x720): choose one with --video-track'
  })
  expect(chosen(['cover', 'film'], 1)).toMatchObject({ type: 'refused' })
})

test('titles are shortened', () => {
  const titled = [track(0, 'film'), { ...track(1, 'film'), title: 'x'.repeat(1000) }]
  const choice = chooseVideoTrack(titled, undefined)
  expect(choice).toMatchObject({ notes: [expect.stringContaining(`"${'x'.repeat(60)}"`)] })
})

test('whatever the tracks are: one that is chosen is there and not marked, and what is asked for is what is taken', () => {
  const kinds = fc.array(fc.constantFrom('film', 'slides', 'still', 'cover', 'unknown'), { maxLength: 6 })
  fc.assert(
    fc.property(kinds, fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined }), (given, wanted) => {
      const choice = chosen(given as Parameters<typeof chosen>[0], wanted)
      if (choice.type !== 'track') return
      expect(choice.track.isMarked).toBe(false)
      if (wanted !== undefined) expect(choice.track.index).toBe(2 * (wanted - 1) + 1)
    })
  )
})
