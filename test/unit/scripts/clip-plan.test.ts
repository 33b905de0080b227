import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chapters, planCuts, planScenes, type Shot, subtitles } from '../../../scripts/clip-plan.ts'

const shots: readonly Shot[] = [
  { source: 0, start: 0, frames: 144 },
  { source: 1, start: 0, frames: 225 },
  { source: 0, start: 144, frames: 96 }
]

test('planCuts gives rising scenes, none shorter than 26 frames', () => {
  fc.assert(
    fc.property(fc.integer({ min: 60, max: 20_000 }), (frames) => {
      const starts = planCuts(frames)
      const lengths = starts.map((start, scene) => (starts[scene + 1] ?? frames) - start)
      expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(frames)
      expect(Math.min(...lengths)).toBeGreaterThanOrEqual(26)
      expect(Math.max(...lengths)).toBeLessThanOrEqual(86)
    })
  )
})

describe('planScenes', () => {
  test('tiles the clip from within the shots and changes the picture at each cut', () => {
    fc.assert(
      fc.property(fc.integer({ min: 60, max: 5000 }), (frames) => {
        const starts = planCuts(frames)
        const scenes = planScenes(starts, frames, shots)
        expect(scenes.reduce((sum, scene) => sum + scene.frames, 0)).toBe(frames)
        for (const [index, scene] of scenes.entries()) {
          const end = scene.start + scene.frames
          const fits = (shot: Shot) =>
            shot.source === scene.source && scene.start >= shot.start && end <= shot.start + shot.frames
          expect(shots.some(fits)).toBe(true)
          const before = scenes[index - 1]
          const goesOn = before?.source === scene.source && before.start + before.frames === scene.start
          expect(goesOn && before.variant === scene.variant).toBe(false)
        }
      })
    )
  })

  test('refuses cuts out of order and scenes that no shot can fill', () => {
    expect(() => planScenes([0, 50, 40], 100, shots)).toThrow('cuts must rise')
    expect(() => planScenes([0, 250], 300, shots)).toThrow('no clip has 250 frames')
  })
})

test('subtitles and chapters name times of frames', () => {
  expect(subtitles([0, 90], 100, 25)).toBe(
    '1\n00:00:00,000 --> 00:00:03,600\nscene 1, frames 0 to 89\n\n2\n00:00:03,600 --> 00:00:04,000\nscene 2, frames 90 to 99\n'
  )
  expect(chapters([0, 30, 60, 90, 120], 150, 25)).toContain('START=4800\nEND=6000\ntitle=Chapter 2')
})
