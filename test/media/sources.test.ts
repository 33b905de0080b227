import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { EncoderName } from '../../src/encode/rules/index.ts'
import { packetTimesMs, tempFolder } from '../fixtures/encode-clips.ts'
import {
  decodedTimesMs,
  encodeFilm,
  type Film,
  finishFilm,
  framePsnr,
  joinFilm,
  makeFilm,
  prepareFilm,
  type ShownStream,
  showStreams
} from '../fixtures/encode-film.ts'
import { makeMoving, makeOddSource, MOVING_FRAMES } from '../fixtures/odd-sources.ts'
import { isNightly, rowsOf } from '../nightly.ts'
import { patience } from '../fixtures/patience.ts'

const signal = patience()
const PARAMS = {
  aom: '--cpu-used=6 --end-usage=q --cq-level=12 --lag-in-frames=12',
  vp9: '--cpu-used=8 --end-usage=q --cq-level=12'
}

/** No frame of a finished film is farther from its source, dB; the neighbour of a frame of the moving clip always is. */
const PSNR_MIN = 32

let folder: Awaited<ReturnType<typeof tempFolder>>
let moving = ''

beforeAll(async () => {
  folder = await tempFolder()
  moving = await makeMoving(folder.path)
})
afterAll(() => folder.remove())

const DAMAGED = expect.stringMatching(/^The source is damaged. .*: .{10}/) as unknown
const CUT_OFF = expect.stringMatching(
  /^The video ends at 1\.\d\d s, but the source claims to last 1\.\d\d s/
) as unknown
const VARIES = 'The frame rate varies; every frame keeps its time.'

/** What a source has to come out as. */
interface Expected {
  /** Frames of the source, where they are not all of the moving clip. */
  readonly frames?: number | 'as decoded'
  readonly warnings?: readonly unknown[]
  /** Fields of the finished video stream as ffprobe shows them. */
  readonly stream?: Readonly<Record<string, unknown>>
  readonly encoders?: readonly EncoderName[]
  /** Brings the source's frames into the film's format. */
  readonly filter?: string
}

const HDR = [
  expect.objectContaining({ side_data_type: 'Content light level metadata', max_content: 1000, max_average: 400 }),
  expect.objectContaining({
    side_data_type: 'Mastering display metadata',
    max_luminance: expect.stringMatching(/^1000/) as unknown
  })
]
const BOTH = { encoders: ['vp9', 'aom'] } as const
/** What reaches AV1 in the same way as others that both encode. */
const BOTH_AT_NIGHT = isNightly ? BOTH : {}

/** VP9 on all; AV1 on a few of them, where its bitstream differs or the way to it does. */
const SOURCES: Readonly<Record<string, Expected>> = {
  'H.264 open GOP, mkv': BOTH_AT_NIGHT,
  'H.264 open GOP, mp4': {},
  'H.264 closed GOP with B-frames': {},
  'HEVC open GOP': {},
  'HEVC 10 bits HDR10': {
    ...BOTH_AT_NIGHT,
    stream: {
      color_range: 'tv',
      color_primaries: 'bt2020',
      color_transfer: 'smpte2084',
      color_space: 'bt2020nc',
      side_data_list: expect.arrayContaining(HDR) as unknown
    }
  },
  'H.264 intra refresh': {},
  'MPEG-2 interlaced, transport stream': { ...BOTH_AT_NIGHT, frames: MOVING_FRAMES / 2, stream: { field_order: 'tt' } },
  'MPEG-2 program stream': { frames: 42 },
  'MPEG-4 ASP, avi': {},
  'VP9 alt-ref, webm': {},
  'AV1, mkv': {},
  'FFV1 4:2:2 10 bits': {},
  'ProRes 4:2:2 10 bits, mov': {},
  'H.264 4:4:4': {},
  'HEVC 12 bits': {},
  'variable frame rate': { ...BOTH_AT_NIGHT, frames: 31, warnings: [VARIES] },
  'MP4 with hidden frames': { ...BOTH_AT_NIGHT, frames: 22 },
  'rotated mp4': {},
  'pixels that are not square': { stream: { display_aspect_ratio: '31:12' } },
  'transport stream whose times jump': { frames: 2 * MOVING_FRAMES, warnings: [DAMAGED] },
  'cut in the middle of a packet': { frames: 33, warnings: [DAMAGED, CUT_OFF] },
  // Whether the last of them is given up differs from ffmpeg to ffmpeg; a plain decode says the same number.
  'damaged pictures': { frames: 'as decoded', warnings: [DAMAGED] },
  'lost packets': { frames: 39, warnings: [DAMAGED] },
  'mp4 that starts below zero': {},
  RGB: {
    warnings: ['The video is RGB; it is converted to YUV 4:4:4.'],
    filter: 'scale=out_range=limited:out_color_matrix=bt601:flags=bicubic+accurate_rnd+full_chroma_int+bitexact,'
  },
  'odd size': BOTH,
  'one frame': { ...BOTH_AT_NIGHT, frames: 1 },
  'shorter than a scene': { frames: 5 }
}

/** Each frame of each scene is the source's, and would not pass for its neighbour. */
function expectPictures(film: Film, psnr: Awaited<ReturnType<typeof framePsnr>>): void {
  expect(psnr.same).toHaveLength(film.timestampsMs.length)
  expect(Math.min(...psnr.same)).toBeGreaterThan(PSNR_MIN)
  for (const { start, frames } of film.scenes) {
    if (frames < 2) continue
    for (const shifted of [psnr.early, psnr.late]) {
      expect(Math.min(...shifted.slice(start, start + frames - 1))).toBeLessThan(PSNR_MIN - 1)
    }
  }
}

/** Times against the container's own packet times where they are whole, and always against a plain decode. */
async function expectTimes(film: Film): Promise<void> {
  const { path, container } = film.source
  const raw = container.includes('matroska')
  const found = await packetTimesMs(film.joined.path)
  const decoded = await decodedTimesMs(path, raw ? ['-copyts'] : [])
  const shift = raw ? 0 : (found[0] ?? 0) - (decoded[0] ?? 0)
  // Streams that start later than the container; within a frame here.
  expect(shift).toBeGreaterThan(-1.001)
  expect(shift).toBeLessThan(42)
  expect(found).toHaveLength(decoded.length)
  for (const [n, time] of found.entries()) expect(Math.abs(time - (decoded[n] ?? 0) - shift)).toBeLessThan(2.001)
  for (const [n, time] of found.entries()) if (n > 0) expect(time).toBeGreaterThan(found[n - 1] ?? 0)
  if (raw) expect(found.map(Math.round)).toEqual((await packetTimesMs(path)).slice(0, found.length).map(Math.round))
}

const kinds = (streams: readonly ShownStream[]): string[] =>
  streams.filter(({ codec_type: type }) => type !== 'video').map(({ codec_name: name }) => name)

let folders = 0
const fresh = (): string => join(folder.path, `film-${(folders += 1)}`)

/**
 * Stored in the same way as another, in another container that has a row of its own, or with a flag that a film with odd tracks has too.
 * The scenes of the last four are compared frame by frame in the gate too: in `source-clip.test.ts`, `node-av.test.ts`, `sources-picture.test.ts` and `sources-choices.test.ts`.
 */
const AT_NIGHT = new Set([
  'H.264 open GOP, mp4',
  'H.264 closed GOP with B-frames',
  'ProRes 4:2:2 10 bits, mov',
  'MPEG-2 program stream',
  'MPEG-4 ASP, avi',
  'AV1, mkv',
  'H.264 4:4:4',
  'rotated mp4',
  'pixels that are not square',
  'lost packets',
  'shorter than a scene',
  'H.264 intra refresh',
  'MP4 with hidden frames',
  'RGB',
  'one frame',
  // Open groups are in the film whose times start below zero; the others in `sources-picture.test.ts`, and in `join.test.ts` and `node-av.test.ts`.
  'H.264 open GOP, mkv',
  'MPEG-2 interlaced, transport stream',
  'variable frame rate',
  // `scenes.test.ts` decodes its pieces, and the film whose times start below zero has open groups.
  'HEVC open GOP'
])

/** Sources whose decode could differ from one time to the next: a damaged picture is concealed, and times that jump are put in order. */
const ENCODED_TWICE = new Set(['damaged pictures', 'transport stream whose times jump'])

describe('a film is its source, frame by frame, and the same bytes again', () => {
  test.for(rowsOf(SOURCES, AT_NIGHT))('%s', async ([name, expected]) => {
    const { frames = MOVING_FRAMES, warnings = [], stream = {}, encoders = ['vp9'], filter = '' } = expected
    const file = await makeOddSource(moving, folder.path, name)
    const init = { encoder: 'vp9', params: PARAMS.vp9 } as const
    const film = await makeFilm(file, fresh(), init, signal)
    if (frames !== 'as decoded') expect(film.joined.frames).toBe(frames)
    expect(film.warnings).toEqual(warnings)
    await expectTimes(film)
    const films: Film[] = [film]
    if (isNightly || ENCODED_TWICE.has(name)) {
      const other = fresh()
      const prepared = await prepareFilm(file, other, init, signal)
      const again = await encodeFilm(prepared, other, { ...init, backwards: true }, signal)
      expect(again.segments.map(({ sha256 }) => sha256)).toEqual(film.segments.map(({ sha256 }) => sha256))
      expect(again.timestampsMs).toEqual(film.timestampsMs)
      expect((await joinFilm(again, fresh(), init, signal)).sha256).toBe(film.joined.sha256)
    }
    if (encoders.length > 1) {
      const [place, aom] = [fresh(), { encoder: 'aom', params: PARAMS.aom } as const]
      films.push(await finishFilm(await encodeFilm(film, place, aom, signal), place, aom, signal))
    }
    const { pixelFormat } = film.source.video
    const before = await showStreams(file)
    for (const made of films) {
      expectPictures(made, await framePsnr(made.joined.path, file, pixelFormat, filter))
      const after = await showStreams(made.joined.path)
      expect(kinds(after)).toEqual(kinds(before))
      expect(after.find(({ codec_type: type }) => type === 'video')).toMatchObject({ pix_fmt: pixelFormat, ...stream })
    }
  })
})
