import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  barsText,
  createBarFinder,
  type FoundBars,
  lightOf,
  lumaFormat,
  pictureFilters,
  type FilteredSource
} from '../../../../src/encode/rules/index.ts'

/** A part of a picture: its left, top, width and height. */
type Rect = readonly [x: number, y: number, width: number, height: number]

interface Scene {
  readonly frames: number
  readonly picture: Rect
  /** Brightness of the picture, of 256. Default: from dark to bright. */
  readonly level?: number
  /** Further parts that are white. */
  readonly white?: readonly Rect[]
  /** How far samples are off, up and down. */
  readonly noise?: number
}

interface Film {
  readonly scenes: readonly Scene[]
  readonly size?: readonly [width: number, height: number]
  readonly pixelFormat?: string
  readonly range?: string
  readonly fieldOrder?: FilteredSource['fieldOrder']
}

const SIZE = [192, 108] as const

function within([left, top, width, height]: Rect, x: number, y: number): boolean {
  return x >= left && x < left + width && y >= top && y < top + height
}

function find({ scenes, size = SIZE, pixelFormat = 'yuv420p', range = 'tv', fieldOrder }: Film): FoundBars {
  const [width, height] = size
  const bitDepth = pixelFormat.includes('10') ? 10 : 8
  const video = { width, height, pixelFormat, bitDepth, fps: { num: 24, den: 1 }, colour: { range } }
  const finder = createBarFinder({ video, fieldOrder })
  const black = range === 'pc' ? 0 : 16
  let seed = 1
  const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647
  for (const { frames, picture, level, white = [], noise = 0 } of scenes)
    for (let frame = 0; frame < frames; frame += 1) {
      const sample = (x: number, y: number): number => {
        if (white.some((rect) => within(rect, x, y))) return 235
        if (!within(picture, x, y)) return black
        return level ?? 20 + ((x * 3 + y * 5 + frame * 11) % 200)
      }
      const luma = bitDepth > 8 ? new Uint16Array(width * height) : new Uint8Array(width * height)
      for (let at = 0; at < luma.length; at += 1) {
        const off = noise === 0 ? 0 : Math.round((random() * 2 - 1) * noise)
        luma[at] = Math.max(0, sample(at % width, Math.floor(at / width)) + off) * 2 ** (bitDepth - 8)
      }
      finder.add(lightOf(luma, lumaFormat(video)))
    }
  return finder.found()
}

const WHOLE: Rect = [0, 0, 192, 108]
const WIDE: Rect = [0, 14, 192, 80]
const cropOf = ([x, y, width, height]: Rect): FoundBars['crop'] => ({ x, y, width, height })

describe('where the picture is', () => {
  test.for<[string, Film, Rect | undefined]>([
    ['letterbox', { scenes: [{ frames: 30, picture: WIDE }] }, WIDE],
    ['pillarbox', { scenes: [{ frames: 30, picture: [24, 0, 144, 108] }] }, [24, 0, 144, 108]],
    ['bars at all sides', { scenes: [{ frames: 30, picture: [48, 28, 96, 52] }] }, [48, 28, 96, 52]],
    ['a bar at one side', { scenes: [{ frames: 30, picture: [0, 0, 192, 96] }] }, [0, 0, 192, 96]],
    ['no bars', { scenes: [{ frames: 30, picture: WHOLE }] }, undefined],
    ['a black film', { scenes: [{ frames: 30, picture: WHOLE, level: 16 }] }, undefined],
    ['no frame at all', { scenes: [] }, undefined],
    ['a title on black', { scenes: [{ frames: 30, picture: [0, 0, 0, 0], white: [[70, 50, 50, 6]] }] }, undefined],
    [
      'dark scenes with little light',
      {
        scenes: [
          { frames: 60, picture: WIDE, level: 17, white: [[90, 50, 12, 10]] },
          { frames: 40, picture: WIDE, level: 16 },
          { frames: 3, picture: WIDE, level: 40 }
        ]
      },
      WIDE
    ],
    [
      'a film that is light above in one scene and below in another',
      {
        scenes: [
          { frames: 20, picture: [0, 14, 192, 30], level: 90 },
          { frames: 20, picture: [0, 60, 192, 34], level: 90 }
        ]
      },
      WIDE
    ],
    ['a logo in the bar', { scenes: [{ frames: 30, picture: WIDE, white: [[160, 3, 24, 8]] }] }, WIDE],
    [
      'logos in both bars',
      {
        scenes: [
          {
            frames: 30,
            picture: [24, 0, 144, 108],
            white: [
              [2, 4, 18, 12],
              [172, 90, 18, 12]
            ]
          }
        ]
      },
      [24, 0, 144, 108]
    ],
    [
      'one flash of the whole frame',
      {
        scenes: [
          { frames: 40, picture: WIDE },
          { frames: 1, picture: WHOLE, level: 235 }
        ]
      },
      WIDE
    ],
    ['noise', { scenes: [{ frames: 30, picture: WIDE, noise: 12 }] }, WIDE],
    ['ten bits', { scenes: [{ frames: 30, picture: WIDE, noise: 4 }], pixelFormat: 'yuv420p10le' }, WIDE],
    ['full range', { scenes: [{ frames: 30, picture: WIDE, level: 12 }], range: 'pc' }, WIDE],
    ['limited range, where that is black', { scenes: [{ frames: 30, picture: WIDE, level: 12 }] }, undefined],
    ['lines between chroma samples', { scenes: [{ frames: 30, picture: [3, 15, 187, 78] }] }, [2, 14, 188, 80]],
    [
      'the same without chroma samples in common',
      { scenes: [{ frames: 30, picture: [3, 15, 187, 78] }], pixelFormat: 'yuv444p' },
      [3, 15, 187, 78]
    ],
    ['fields', { scenes: [{ frames: 30, picture: WIDE }], fieldOrder: 'tff' }, [0, 12, 192, 84]],
    ['an odd size', { scenes: [{ frames: 30, picture: [0, 0, 191, 95] }], size: [191, 107] }, [0, 0, 191, 96]],
    ['very few lines', { scenes: [{ frames: 5, picture: [0, 4, 32, 12] }], size: [32, 20] }, [0, 4, 32, 12]]
  ])('%s', ([, film, wanted]) => {
    expect(find(film).crop).toEqual(wanted === undefined ? undefined : cropOf(wanted))
  })
})

test('whatever the size and the chroma, the crop that is found is one that can be asked for, and holds the picture', () => {
  const side = fc.integer({ min: 40, max: 90 })
  const edge = fc.integer({ min: 0, max: 9 })
  const film = fc.record({
    size: fc.tuple(side, side),
    edges: fc.tuple(edge, edge, edge, edge),
    pixelFormat: fc.constantFrom('yuv420p', 'yuv422p', 'yuv444p'),
    fieldOrder: fc.constantFrom('tff' as const, undefined)
  })
  fc.assert(
    fc.property(film, ({ size, edges: [left, top, right, bottom], pixelFormat, fieldOrder }) => {
      const [width, height] = size
      const picture: Rect = [left, top, width - left - right, height - top - bottom]
      const { crop } = find({ scenes: [{ frames: 2, picture, level: 200 }], size, pixelFormat, fieldOrder })
      const video = { width, height, pixelFormat, bitDepth: 8, fps: { num: 24, den: 1 }, colour: {} }
      const filters = crop && pictureFilters({ crop }, { video, fieldOrder })
      const { x, y, ...of } = crop ?? { x: 0, y: 0, width, height }
      expect(filters?.crop).toEqual(crop)
      expect([x <= left, y <= top, x + of.width >= width - right, y + of.height >= height - bottom]).not.toContain(
        false
      )
      expect(x + of.width <= width && y + of.height <= height).toBe(true)
    }),
    { numRuns: 60 }
  )
})

describe('a picture that changes', () => {
  test('the largest wins, and the other is said', () => {
    const found = find({
      scenes: [
        { frames: 70, picture: WIDE },
        { frames: 30, picture: [0, 4, 192, 100] }
      ]
    })
    expect(found).toMatchObject({
      frames: 100,
      crop: cropOf([0, 4, 192, 100]),
      smaller: { crop: cropOf(WIDE), share: 0.7 }
    })
    expect(barsText(found)).toEqual([
      'The picture without its black bars is 192x100: --crop 192:100:0:4 (measured in 100 frames of the whole film).',
      'About 70 % of the film has a smaller picture; its crop would be --crop 192:80:0:14.'
    ])
  })

  test('the whole frame is one of them: nothing is cropped', () => {
    const found = find({
      scenes: [
        { frames: 50, picture: WIDE },
        { frames: 50, picture: WHOLE }
      ]
    })
    expect(found).toMatchObject({ crop: undefined, smaller: { crop: cropOf(WIDE), share: 0.5 } })
    expect(barsText(found)[0]).toBe(
      'No black bars were found (measured in 100 frames of the whole film); the whole picture is encoded.'
    )
  })

  test('a few frames are no format', () => {
    const found = find({
      scenes: [
        { frames: 95, picture: WHOLE },
        { frames: 5, picture: WIDE }
      ]
    })
    expect(found.smaller).toBeUndefined()
  })
})
