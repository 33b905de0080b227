import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  checkFilters,
  encodedSource,
  ENCODERS,
  filteredHeader,
  filterWords,
  nearestPixelFormat,
  ParamsError,
  parsePicture,
  pictureFilters,
  pixelLayout,
  checkDepth,
  type FilteredSource,
  type PictureText,
  type SourceInfo
} from '../../../src/encode/rules/index.ts'

const sourceOf = (width = 1920, height = 1080, pixelFormat = 'yuv420p'): FilteredSource => ({
  video: { width, height, pixelFormat, bitDepth: pixelLayout(pixelFormat)!.bitDepth }
})

const filtersOf = (text: PictureText, source = sourceOf()) => pictureFilters(parsePicture(text), source)

/** What is encoded, as words: the part, the size and the depth. */
function madeOf(text: PictureText, source = sourceOf()): string {
  const filters = filtersOf(text, source)
  if (filters === undefined) return 'as it is'
  const { crop, to } = filters
  const part = crop === undefined ? 'all' : `${crop.width}:${crop.height}:${crop.x}:${crop.y}`
  return `${part} ${to.width}x${to.height} ${to.pixelFormat}`
}

function refusal(act: () => unknown): Pick<ParamsError, 'code' | 'field' | 'message'> {
  try {
    act()
  } catch (error) {
    if (error instanceof ParamsError) return error
    throw error
  }
  throw new Error('it was taken')
}

test.for<[PictureText, string]>([
  [{}, 'as it is'],
  [{ crop: 'none', depth: '8' }, 'as it is'],
  [{ crop: '1920:1080:0:0' }, 'as it is'],
  [{ crop: '1920:800:0:140' }, '1920:800:0:140 1920x800 yuv420p'],
  [{ crop: '140,140,0,0' }, '1920:800:0:140 1920x800 yuv420p'],
  [{ crop: '0,2,4,6' }, '1910:1078:4:0 1910x1078 yuv420p'],
  [{ scale: '1280x-2' }, 'all 1280x720 yuv420p'],
  [{ scale: '1280:-1' }, 'all 1280x720 yuv420p'],
  [{ scale: '-2x480' }, 'all 854x480 yuv420p'],
  [{ scale: '720p' }, 'all 1280x720 yuv420p'],
  [{ scale: '1080p' }, 'as it is'],
  [{ scale: '640x640' }, 'all 640x640 yuv420p'],
  [{ crop: '1920:800:0:140', scale: '1280x-2' }, '1920:800:0:140 1280x534 yuv420p'],
  [{ fit: '1280x720' }, 'all 1280x720 yuv420p'],
  [{ fit: '1280x1280' }, 'all 1280x720 yuv420p'],
  [{ fit: '3840x2160' }, 'as it is'],
  [{ fit: '1001x1001' }, 'all 1000x562 yuv420p'],
  [{ depth: '10' }, 'all 1920x1080 yuv420p10le'],
  [{ crop: '2,2,2,2', fit: '960x960', depth: '12' }, '1916:1076:2:2 960x540 yuv420p12le']
])('%j becomes %s', ([text, made]) => {
  expect(madeOf(text)).toBe(made)
})

test('whole chroma samples are kept, however the picture ends', () => {
  expect(madeOf({ crop: '0,0,1,0' }, sourceOf(1920, 1080, 'yuv444p'))).toBe('1919:1080:1:0 1919x1080 yuv444p')
  expect(madeOf({ crop: '1,0,0,0' }, sourceOf(1920, 1080, 'yuv422p'))).toBe('1920:1079:0:1 1920x1079 yuv422p')
  expect(madeOf({ crop: '2,0,0,0' }, sourceOf(427, 241))).toBe('427:239:0:2 427x239 yuv420p')
  expect(madeOf({ depth: '10' }, sourceOf(427, 241))).toBe('all 427x241 yuv420p10le')
})

describe('refusals name the option and what would work', () => {
  test.for<[PictureText, keyof PictureText, string]>([
    [{ crop: '1919:800:1:140' }, 'crop', '1918:800:2:140 would work'],
    [{ crop: '1920:801:0:139' }, 'crop', '1920:800:0:140 would work'],
    [{ crop: '1920:800:0:300' }, 'crop', '1920:1080:0:0 is all of it'],
    [{ crop: '600,600,0,0' }, 'crop', 'less than 16 pixels'],
    [{ crop: '8:8:0:0' }, 'crop', 'less than 16 pixels'],
    [{ crop: 'left half' }, 'crop', 'such as 1920:800:0:140'],
    [{ scale: '1281x-2' }, 'scale', 'but 1282x720'],
    [{ scale: '7682x-2' }, 'scale', 'at most 7680x4320'],
    [{ scale: '20000x-2' }, 'scale', '1 to 16384 pixels'],
    [{ scale: '8x8' }, 'scale', 'at least 16 pixels'],
    [{ scale: '-2x-2' }, 'scale', 'such as 1920x-2'],
    [{ scale: 'half' }, 'scale', 'such as 1920x-2'],
    [{ fit: '1080p' }, 'fit', 'such as 1920x1080'],
    [{ fit: '1280x720', scale: '720p' }, 'fit', 'give only one'],
    [{ depth: '9' }, 'depth', '8, 10 or 12 bits']
  ])('%j', ([text, field, words]) => {
    const { code, field: named, message } = refusal(() => filtersOf(text))
    expect([code, named]).toEqual(['bad-picture', field])
    expect(message).toContain(words)
  })

  test('bits that the source has more of, or the encoder has not', () => {
    expect(refusal(() => filtersOf({ depth: '8' }, sourceOf(64, 64, 'yuv420p10le'))).message).toContain('--depth 10')
    expect(() => checkDepth(parsePicture({ depth: '12' }), ENCODERS.aom)).not.toThrow()
    expect(refusal(() => checkDepth(parsePicture({ depth: '12' }), ENCODERS.svt)).message).toContain('8 or 10')
  })

  test('interlaced video keeps its fields', () => {
    const source: FilteredSource = { ...sourceOf(720, 576), fieldOrder: 'tff' }
    expect(madeOf({ crop: '720:432:0:72' }, source)).toBe('720:432:0:72 720x432 yuv420p')
    expect(refusal(() => filtersOf({ crop: '720:430:0:74' }, source)).message).toContain('720:428:0:76 would work')
    expect(refusal(() => filtersOf({ scale: '360x288' }, source)).message).toContain('--deinterlace')
  })
})

test('what is suggested instead of a crop is taken', () => {
  const side = fc.integer({ min: 0, max: 700 })
  fc.assert(
    fc.property(side, side, side, side, fc.constantFrom('yuv420p', 'yuv422p', 'yuv444p'), (w, h, x, y, format) => {
      const source = sourceOf(641, 359, format)
      try {
        filtersOf({ crop: `${w}:${h}:${x}:${y}` }, source)
      } catch (error) {
        const near = /(\d+:\d+:\d+:\d+) (?:would work|is all of it)/.exec((error as ParamsError).message)?.[1] ?? ''
        const [width = 0, height = 0] = near.split(':').map(Number)
        if (width >= 16 && height >= 16) expect(() => filtersOf({ crop: near }, source)).not.toThrow()
      }
    })
  )
})

test('the film shows the encoded picture, in its shape', () => {
  const source = (num: number, den: number) =>
    ({ video: { ...sourceOf(720, 576).video, fps: { num: 25, den: 1 } }, sampleAspect: { num, den } }) as SourceInfo
  const aspect = (text: PictureText, num: number, den: number) => {
    const { sampleAspect, video } = encodedSource(source(num, den), filtersOf(text, sourceOf(720, 576)))
    return [`${video.width}x${video.height}`, `${sampleAspect.num}:${sampleAspect.den}`]
  }
  expect(aspect({}, 64, 45)).toEqual(['720x576', '64:45'])
  expect(aspect({ crop: '720:432:0:72' }, 64, 45)).toEqual(['720x432', '64:45'])
  expect(aspect({ scale: '1024x576' }, 64, 45)).toEqual(['1024x576', '1:1'])
  expect(aspect({ scale: '360x-2' }, 64, 45)).toEqual(['360x288', '64:45'])
  expect(aspect({ crop: '720:430:0:72', scale: '480x-2' }, 1, 1)).toEqual(['480x286', '1:1'])
})

test('filters from others are held to the same rules, and become nothing but numbers and known words', () => {
  const good = filtersOf({ crop: '140,140,0,0', scale: '1280x-2', depth: '10' })!
  expect(() => checkFilters(good)).not.toThrow()
  expect(() => checkFilters(filtersOf({ depth: '10' }, sourceOf(427, 241))!)).not.toThrow()
  expect(filterWords(good)).toMatch(/^[\w=:+.,-]+$/)
  const { from, to } = good
  for (const bad of [
    { ...good, crop: { x: 1, y: 0, width: 1918, height: 800 } },
    { ...good, crop: { x: 0, y: 400, width: 1920, height: 800 } },
    { ...good, to: { ...to, width: 1281 } },
    { ...good, to: { ...to, width: 16_000, height: 9000 } },
    { ...good, to: { ...to, pixelFormat: 'yuv420p10le,movie=/etc/passwd' } },
    { ...good, from: { ...from, pixelFormat: 'rgb24' } },
    { ...good, from: { ...from, bitDepth: 10 } },
    { ...good, from: { ...from, width: 20_000, height: 20_000 }, crop: undefined },
    { from: { ...from, bitDepth: 12, pixelFormat: 'yuv420p12le' }, to: from, crop: undefined }
  ])
    expect(refusal(() => checkFilters(bad)).code, JSON.stringify(bad)).toBe('bad-picture')
})

test('formats that sources are converted to are ones that filters take', () => {
  for (const name of ['rgb24', 'gbrp12le', 'yuv411p', 'p010le', 'nv12', 'yuva444p16le'])
    expect(() => filtersOf({ crop: '16:16:0:0' }, sourceOf(64, 64, nearestPixelFormat(name)))).not.toThrow()
})

describe('what the container says', () => {
  const filters = filtersOf({ crop: '1920:800:0:140' })!
  const scaled = filtersOf({ scale: '1280x720' })!

  test('its cropping gives way to a crop, with the shape of the samples', () => {
    const header = { track_name: 'a', cropping: '0,140,0,140', display_dimensions: '1920x800' }
    expect(filteredHeader(header, filters)).toEqual({ track_name: 'a' })
    const wide = { cropping: '0,140,0,140', display_dimensions: '2560x800' }
    expect(filteredHeader(wide, filters)).toEqual({ display_dimensions: '2560x800' })
    expect(filteredHeader({ ...wide, display_dimensions: '960x800' }, filters)).toEqual({
      display_dimensions: '1920x1600'
    })
    expect(filteredHeader(header, filtersOf({ depth: '10' })!)).toEqual(header)
    expect(refusal(() => filteredHeader(header, scaled)).message).toContain('--crop 1920:800:0:140')
  })

  test('views of two eyes and spheres are not cut', () => {
    expect(refusal(() => filteredHeader({ stereo_mode: 1 }, filters)).field).toBe('crop')
    expect(refusal(() => filteredHeader({ projection_type: 1 }, filters)).field).toBe('crop')
    const sphere = { projection_type: 1, stereo_mode: 3, display_dimensions: '1920x2160' }
    expect(filteredHeader(sphere, scaled)).toEqual(sphere)
  })
})
