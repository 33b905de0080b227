import { describe, expect, test } from 'vitest'
import { sampleEstimateOf } from '../../../src/api/sample-estimate.ts'
import { sampleReport, slotsOf } from '../../../src/node/cli/sample-report.ts'
import { viewOf } from '../../fixtures/api-bench.ts'

const film = { frames: 1000, scenes: 20 }

describe('what a sample says of the film', () => {
  test('is nothing where there is no sample', () => {
    expect(sampleEstimateOf({ view: viewOf(), film: undefined })).toBeNull()
  })

  test('is nothing of the whole before the first scene is done', () => {
    const view = viewOf({ scenes: [[50], [50]] })
    expect(sampleEstimateOf({ view, film })).toMatchObject({ scenes: [], bytes: null, encodeSeconds: null })
  })

  test('goes by frames, and is certain where scenes are alike', () => {
    const view = viewOf({
      scenes: [
        [50, 5000],
        [100, 10_000]
      ]
    })
    const { bytes, scenes } = sampleEstimateOf({ view, film })!
    expect(bytes).toEqual({ likely: 100_000, low: 100_000, high: 100_000 })
    expect(scenes.map(({ scene, frames }) => [scene, frames])).toEqual([
      [0, 50],
      [1, 100]
    ])
  })

  test('is less certain the more scenes differ, and never below nothing', () => {
    const range = (...sizes: number[]): number => {
      const view = viewOf({ scenes: sizes.map((bytes): [number, number] => [50, bytes]) })
      const { low, high, likely } = sampleEstimateOf({ view, film })!.bytes!
      expect(low).toBeGreaterThanOrEqual(0)
      expect(low).toBeLessThanOrEqual(likely)
      return high - low
    }
    expect(range(5000, 5100)).toBeLessThan(range(4000, 6000))
    expect(range(4000, 6000, 4000, 6000, 4000, 6000)).toBeLessThan(range(4000, 6000))
  })

  test('is exact where the sample is all of the film', () => {
    const view = viewOf({
      scenes: [
        [50, 1000],
        [50, 9000]
      ]
    })
    expect(sampleEstimateOf({ view, film: { frames: 100, scenes: 2 } })?.bytes).toEqual({
      likely: 10_000,
      low: 10_000,
      high: 10_000
    })
  })

  test('is told scene by scene, and for the slots of the swarm', () => {
    const estimate = sampleEstimateOf({
      view: viewOf({
        scenes: [
          [50, 5000],
          [100, 10_000]
        ]
      }),
      film
    })!
    const lines = sampleReport({ ...estimate, encodeSeconds: { likely: 7200, low: 3600, high: 10_800 } }, 4)
    expect(lines[0]).toContain('scene')
    expect(lines.slice(1)).toEqual([
      'the whole film (1000 frames in 20 scenes): about 98 KiB of video (98 KiB to 98 KiB)',
      'encoding: about 2h 00m in one slot (1h 00m to 3h 00m)',
      'with the 4 slots of this swarm: about 30m'
    ])
    const peer = { connected: true, slots: 3 }
    const peers = [peer, { ...peer, connected: false }] as never
    expect(slotsOf({ node: { slots: 2 } as never, peers })).toBe(5)
  })
})
