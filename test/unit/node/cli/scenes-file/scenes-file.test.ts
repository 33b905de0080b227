import { expect, test } from 'vitest'
import { readScenesFile } from '../../../../../src/node/cli/scenes-file/read-scenes.ts'
import { scenesFileOf } from '../../../../../src/node/cli/scenes-file/write-scenes.ts'

/** What Av1an 0.4.4 writes: the split scenes are in `scenes`, and zones have no size of noise. */
const OLDER = {
  scenes: [
    { start_frame: 0, end_frame: 48, zone_overrides: null },
    {
      start_frame: 48,
      end_frame: 60,
      zone_overrides: {
        encoder: 'aom',
        passes: 2,
        video_params: ['--cpu-used=4', '--cq-level=18'],
        photon_noise: null,
        extra_splits_len: 240,
        min_scene_len: 24
      }
    }
  ],
  frames: 60
}

const OVERRIDES = {
  encoder: 'svt_av1',
  passes: 1,
  video_params: ['--preset', '4', '--crf', '28'],
  photon_noise: null,
  photon_noise_height: null,
  photon_noise_width: null,
  chroma_noise: false,
  extra_splits_len: 240,
  min_scene_len: 24,
  target_quality: { metric: 'VMAF', target: null, probes: 4 }
}
const other = (crf: string) => ({ ...OVERRIDES, video_params: ['--preset', '4', '--crf', crf] })

/** What Av1an 0.5 writes: `scenes` are the detected ones. */
const NEWER = {
  frames: 300,
  scenes: [{ start_frame: 0, end_frame: 300, zone_overrides: null }],
  split_scenes: [
    { start_frame: 0, end_frame: 100, zone_overrides: OVERRIDES },
    { start_frame: 100, end_frame: 130, zone_overrides: OVERRIDES },
    { start_frame: 130, end_frame: 300, zone_overrides: other('31') }
  ]
}

const read = (file: unknown) => readScenesFile(JSON.stringify(file))

test('an older file: cuts, zones, and no detection', () => {
  expect(read(OLDER)).toEqual({
    wishes: {
      cuts: [48],
      frames: 60,
      minFrames: 1,
      maxFrames: 48,
      threshold: 255,
      zones: [{ start: 48, end: 60, reset: true, params: '--cpu-used=4 --cq-level=18' }]
    },
    encoder: 'aom',
    params: undefined
  })
})

test('a newer file: what is encoded is in split_scenes, and equal neighbours are one zone', () => {
  expect(read(NEWER)).toEqual({
    wishes: {
      cuts: [100, 130],
      frames: 300,
      minFrames: 1,
      maxFrames: 170,
      threshold: 255,
      zones: [
        { start: 0, end: 130, reset: true, params: '--preset 4 --crf 28' },
        { start: 130, end: 300, reset: true, params: '--preset 4 --crf 31' }
      ]
    },
    encoder: 'svt',
    params: '--preset 4 --crf 31'
  })
  // Photon noise is in hundreds of ISO.
  const noisy = { ...OVERRIDES, encoder: 'aom', passes: 2, video_params: ['--cq-level=30'], photon_noise: 4 }
  const scenes = [{ start_frame: 0, end_frame: 10, zone_overrides: noisy }]
  expect(read({ frames: 10, scenes, split_scenes: scenes }).params).toBe('--cq-level=30 --photon-noise=400')
})

test('what was written is read as it was, by both forms', () => {
  const scenes = [
    { start: 0, frames: 100, encoderParams: '' },
    { start: 100, frames: 30, encoderParams: '--preset=4 --crf=31' },
    { start: 130, frames: 2, encoderParams: '--preset=4 --crf=40' }
  ]
  const file = scenesFileOf(scenes, 'svt')
  const { split_scenes: _, ...older } = file
  for (const form of [file, older])
    expect(read(form).wishes).toMatchObject({
      cuts: [100, 130],
      frames: 132,
      zones: [
        { start: 100, end: 130, params: '--preset 4 --crf 31' },
        { start: 130, end: 132, params: '--preset 4 --crf 40' }
      ]
    })
  const noisy = scenesFileOf([{ start: 0, frames: 9, encoderParams: '--cq-level=30 --photon-noise=400' }], 'aom')
  expect(noisy.scenes?.[0]?.zone_overrides).toMatchObject({
    encoder: 'aom',
    passes: 2,
    video_params: ['--cq-level=30'],
    photon_noise: 4
  })
  expect(read(noisy).params).toBe('--cq-level=30 --photon-noise=400')
})

test('what grav1 cannot do is refused, with the scene', () => {
  const withOverrides = (change: object): unknown => ({
    frames: 20,
    scenes: [
      { start_frame: 0, end_frame: 10 },
      { start_frame: 10, end_frame: 20, zone_overrides: { ...OVERRIDES, ...change } }
    ]
  })
  const refusals: readonly (readonly [unknown, string])[] = [
    [withOverrides({ passes: 2 }), 'scene 2: passes is 2; grav1 makes 1 with svt'],
    [withOverrides({ encoder: 'rav1e' }), 'scene 2: There is no encoder'],
    [withOverrides({ photon_noise_height: 720 }), 'scene 2: photon_noise_height'],
    [withOverrides({ chroma_noise: true }), 'scene 2: chroma_noise'],
    [withOverrides({ target_quality: { target: 90 } }), 'scene 2: target_quality'],
    [withOverrides({ video_params: ['--crf 28'] }), 'scene 2: the parameter "--crf 28" has a space'],
    [withOverrides({ dovi_rpu: 'x' }), 'zone_overrides'],
    [
      { frames: 20, scenes: [{ start_frame: 0, end_frame: 10 }] },
      'its scenes have 10 frames in all, but it says that the source has 20'
    ],
    [{ frames: 20, scenes: [{ start_frame: 1, end_frame: 20 }] }, 'scene 1 begins at frame 1'],
    [{ frames: 0, scenes: [{ start_frame: 0, end_frame: 0 }] }, 'scene 1 has no frames'],
    [{ frames: 20, scenes: [] }, 'it has no scenes'],
    [{ frames: 20, scenes: [{ start_frame: 0, end_frame: 20, note: 1 }] }, 'scenes.0'],
    [
      {
        frames: 20,
        scenes: [
          { start_frame: 0, end_frame: 10, zone_overrides: { encoder: 'aom' } },
          { start_frame: 10, end_frame: 20, zone_overrides: { encoder: 'vpx' } }
        ]
      },
      'scene 2 is for vp9, but others are for aom'
    ]
  ]
  for (const [file, words] of refusals) expect(() => read(file)).toThrow(words)
  expect(() => readScenesFile('0 100 --crf 20')).toThrow('--scenes: it is not a scenes file of Av1an, which is JSON')
})
