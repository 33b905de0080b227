import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import {
  frameBytes,
  nearestPixelFormat,
  pixelLayout,
  type VideoFormat,
  y4mHeader,
  y4mHeaderFits
} from '../../../src/encode/rules/index.ts'

test.for([
  ['yuv420p', 'yuv420p'],
  ['yuvj420p', 'yuv420p'],
  ['yuvj444p', 'yuv444p'],
  ['yuv422p10le', 'yuv422p10le'],
  ['yuv420p12le', 'yuv420p12le'],
  ['nv12', 'yuv420p'],
  ['p010le', 'yuv420p10le'],
  ['gray', 'yuv420p'],
  ['gray10le', 'yuv420p10le'],
  ['rgb24', 'yuv444p'],
  ['gbrp', 'yuv444p'],
  ['gbrp10le', 'yuv444p10le'],
  ['pal8', 'yuv444p'],
  ['rgb48le', 'yuv444p12le'],
  ['yuyv422', 'yuv422p'],
  ['uyvy422', 'yuv422p'],
  ['yuva420p', 'yuv420p'],
  ['yuv420p16le', 'yuv420p12le'],
  ['yuv444p9le', 'yuv444p10le'],
  ['yuv411p', 'yuv420p'],
  ['yuv440p', 'yuv420p']
] as const)('%s becomes %s', ([given, wanted]) => {
  expect(nearestPixelFormat(given)).toBe(wanted)
})

test('every format of ffmpeg has a nearest one that y4m carries', () => {
  const table = execFileSync('ffmpeg', ['-v', 'error', '-pix_fmts'], { encoding: 'utf8' })
  const names = [...table.matchAll(/^[I.][O.][H.][P.][B.]\s+(\S+)/gm)].map((match) => match[1] ?? '')
  expect(names.length).toBeGreaterThan(100)
  expect(names.filter((name) => pixelLayout(nearestPixelFormat(name)) === undefined)).toEqual([])
})

const video: VideoFormat = {
  width: 161,
  height: 91,
  pixelFormat: 'yuv420p10le',
  bitDepth: 10,
  fps: { num: 24, den: 1 },
  colour: { range: 'pc' }
}

test('y4m headers and frame sizes', () => {
  expect(y4mHeader(video)).toBe('YUV4MPEG2 W161 H91 F24:1 Ip A1:1 C420p10 XCOLORRANGE=FULL\n')
  expect(frameBytes(video)).toBe((161 * 91 + 2 * 81 * 46) * 2)
  expect(frameBytes({ ...video, pixelFormat: 'yuv422p' })).toBe(161 * 91 + 2 * 81 * 91)
  expect(y4mHeaderFits('YUV4MPEG2 W161 H91 F25:1 It A1:1 C420p10 XYSCSS=420P10', video)).toBe(true)
  expect(y4mHeaderFits('YUV4MPEG2 W161 H91 F25:1 It A1:1 C420mpeg2', video)).toBe(false)
  expect(y4mHeaderFits('YUV4MPEG2 W16 H91 F25:1 It A1:1 C420p10', video)).toBe(false)
})
