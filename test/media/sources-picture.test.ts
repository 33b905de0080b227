import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { PictureText } from '../../src/encode/rules/index.ts'
import { tempFolder } from '../fixtures/encode-clips.ts'
import { framePsnr, makeFilm, showStreams } from '../fixtures/encode-film.ts'
import { makeMoving, makeOddSource } from '../fixtures/odd-sources.ts'
import { isNightly } from '../nightly.ts'

const signal = AbortSignal.timeout(600_000)
const VP9 = { encoder: 'vp9', params: '--cpu-used=8 --end-usage=q --cq-level=12' } as const

let folder: Awaited<ReturnType<typeof tempFolder>>
let moving = ''

beforeAll(async () => {
  folder = await tempFolder()
  moving = await makeMoving(folder.path)
})
afterAll(() => folder.remove())

interface Row {
  readonly picture: PictureText
  readonly deinterlace?: boolean
  /** What ffmpeg makes of the source's frames to compare with, in which format. */
  readonly filter: string
  readonly format: string
  /** Of the finished video stream. */
  readonly stream: Readonly<Record<string, unknown>>
}

const GATE: Readonly<Record<string, Row>> = {
  'HEVC 10 bits HDR10': {
    picture: { crop: '8,8,0,0', scale: '96x-2' },
    filter: 'crop=128:56:0:8,scale=96:42:flags=lanczos,',
    format: 'yuv420p10le',
    stream: { width: 96, height: 42, pix_fmt: 'yuv420p10le', color_transfer: 'smpte2084', color_space: 'bt2020nc' }
  },
  'MPEG-2 interlaced, transport stream': {
    picture: { crop: '4,4,16,16', fit: '64x64' },
    deinterlace: true,
    filter: 'bwdif=mode=send_frame:parity=auto:deint=interlaced,crop=96:64:16:4,scale=64:42:flags=lanczos,',
    format: 'yuv420p',
    stream: { width: 64, height: 42 }
  },
  RGB: {
    picture: { crop: '127:71:1:1', depth: '10' },
    filter:
      'scale=out_range=limited:out_color_matrix=bt601:flags=bicubic+accurate_rnd+full_chroma_int+bitexact,format=yuv444p,crop=127:71:1:1:exact=1,',
    format: 'yuv444p10le',
    stream: { width: 127, height: 71, pix_fmt: 'yuv444p10le' }
  }
}

/** What comes about in the same ways. */
const NIGHT: Readonly<Record<string, Row>> = {
  'pixels that are not square': {
    picture: { scale: '64x72' },
    filter: 'scale=64:72:flags=lanczos,',
    format: 'yuv420p',
    stream: { width: 64, height: 72, display_aspect_ratio: '31:12' }
  },
  'rotated mp4': {
    picture: { crop: '64:32:32:16', depth: '12' },
    filter: 'crop=64:32:32:16,',
    format: 'yuv420p12le',
    stream: { width: 64, height: 32, pix_fmt: 'yuv420p12le' }
  },
  'variable frame rate': {
    picture: { scale: '160x-2' },
    filter: 'scale=160:90:flags=lanczos,',
    format: 'yuv420p',
    stream: { width: 160, height: 90 }
  },
  'odd size': {
    picture: { crop: '0,1,2,0' },
    filter: 'crop=iw-2:ih-1:2:0:exact=1,',
    format: 'yuv420p',
    stream: { width: 159, height: 90 }
  }
}

test.for(Object.entries(isNightly ? { ...GATE, ...NIGHT } : GATE))(
  '%s: another picture, frame by frame what it should be',
  async ([name, { picture, deinterlace = false, filter, format, stream }]) => {
    const file = await makeOddSource(moving, folder.path, name)
    const film = await makeFilm(file, join(folder.path, `${name}-1`), { ...VP9, picture, deinterlace }, signal)
    if (isNightly) {
      const init = { ...VP9, picture, deinterlace, backwards: true }
      const again = await makeFilm(file, join(folder.path, `${name}-2`), init, signal)
      expect(again.joined.sha256).toBe(film.joined.sha256)
    }
    expect((await showStreams(film.joined.path))[0]).toMatchObject(stream)
    const { same, early, late } = await framePsnr(film.joined.path, file, format, filter)
    expect(same).toHaveLength(film.timestampsMs.length)
    expect(Math.min(...same)).toBeGreaterThan(32)
    for (const other of [early, late]) expect(Math.min(...other)).toBeLessThan(31)
  }
)
