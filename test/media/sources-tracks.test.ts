import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { probeSource, tryJoin } from '../../src/encode/index.ts'
import { KEEP_ALL, parseRange } from '../../src/encode/rules/index.ts'
import { ffmpeg, tempFolder } from '../fixtures/encode-clips.ts'
import { encodeFilm, joinFilm, makeFilm, showStreams } from '../fixtures/encode-film.ts'
import { prepareClip } from '../fixtures/encode-scenes.ts'
import { makeMoving, MOVING_FRAMES } from '../fixtures/odd-sources.ts'
import { makeOddTracks } from '../fixtures/odd-tracks.ts'
import { rowsOf } from '../nightly.ts'
import { patience } from '../fixtures/patience.ts'

const exec = promisify(execFile)
const signal = patience()
/** One scene where the picture has no cut: how scenes join is sources.test.ts's. */
const VP9 = { encoder: 'vp9', params: '--cpu-used=8 --end-usage=q --cq-level=40', maxFrames: 100 } as const

let folder: Awaited<ReturnType<typeof tempFolder>>
let moving = ''
const at = (name: string): string => join(folder.path, name)

beforeAll(async () => {
  folder = await tempFolder()
  moving = await makeMoving(folder.path)
})
afterAll(() => folder.remove())

const DAMAGED = expect.stringMatching(/^The source is damaged/) as unknown
const MIRRORED_BY = { projection_pose_yaw: 180 }

interface Expected {
  /** Frames of the film, where they are not all of the moving clip. */
  readonly frames?: number
  readonly warnings?: readonly unknown[]
  /** Codec, language and name of each track besides the video. */
  readonly tracks: readonly (readonly [codec: string, language?: string, name?: string])[]
  /** Properties of the video track, as `mkvmerge -J` tells them. */
  readonly header?: Readonly<Record<string, unknown>>
  /** Flags of the other tracks, by their number. */
  readonly flags?: Readonly<Record<number, Readonly<Record<string, boolean>>>>
  readonly chapters?: readonly (readonly [seconds: number, title: string])[]
  readonly tags?: Readonly<Record<string, string>>
  /** When the picture begins after the sound, in milliseconds; where it is not within a frame of it. */
  readonly pictureLateMs?: number
}

const CHAPTERS = [
  [0, 'Início'],
  [0.5, 'Two & more'],
  [1.2, 'End']
] as const
const TAGS = { TITLE: 'A film', ARTIST: 'Somebody', COMMENT: 'Kept' }

const SOURCES: Readonly<Record<string, Expected>> = {
  'LPCM of Blu-ray, m2ts': { tracks: [['flac']] },
  'LPCM of DVD, vob': { frames: 42, tracks: [['flac']] },
  'ADPCM of QuickTime, mov': { tracks: [['flac']] },
  'ADPCM of Windows, avi': { tracks: [['adpcm_ms']] },
  'FLAC that was spliced, mkv': { tracks: [['flac']] },
  'AAC that was spliced, mkv': { tracks: [['aac']] },
  'Opus that was spliced, mkv': { tracks: [['opus']] },
  'AC-3 and DTS, ts': { tracks: [['ac3'], ['dts']] },
  'time jump after more sound than picture, ts': {
    frames: 2 * MOVING_FRAMES,
    warnings: [DAMAGED],
    tracks: [['mp2']]
  },
  'time jump after more picture than sound, ts': {
    frames: 2 * MOVING_FRAMES,
    warnings: [DAMAGED],
    tracks: [['aac']]
  },
  'time jump back, ts': { frames: 2 * MOVING_FRAMES, warnings: [DAMAGED], tracks: [['ac3']] },
  'chapters and tags, mp4': { tracks: [['aac']], chapters: CHAPTERS, tags: TAGS },
  'chapters and tags, mkv': { tracks: [['vorbis', 'und', 'Sound'], ['ass']], chapters: CHAPTERS, tags: TAGS },
  'mirrored mp4': { tracks: [['aac']], header: MIRRORED_BY },
  'upside down mov': { tracks: [['alac']], header: { projection_pose_roll: 180 } },
  '3D side by side, mkv': { tracks: [['ac3']], header: { stereo_mode: 1, display_dimensions: '128x72' } },
  '3D top and bottom, mkv': { tracks: [['mp3']], header: { stereo_mode: 3 } },
  'slide show, mp4': { frames: 4, tracks: [], header: { default_duration: 5_000_000_000 } },
  'slide show with sound, mkv': { frames: 4, tracks: [['opus']] },
  'cover first, mp4': { warnings: ['The cover picture is not kept.'], tracks: [['aac']] },
  'sound in several languages, mkv': {
    tracks: [
      ['opus', 'pt-BR', 'Dublado'],
      ['aac', 'pt-PT'],
      ['flac', 'zh-Hant-TW', 'Commentary'],
      ['subrip', 'es-419'],
      ['subrip', 'de']
    ],
    flags: { 1: { default_track: false }, 3: { flag_commentary: true }, 5: { forced_track: true } }
  },
  'sound in two languages, mp4': {
    tracks: [
      ['aac', 'pt'],
      ['aac', 'fr'],
      ['subrip', 'de']
    ]
  },
  'chroma at the top left, mkv': { tracks: [['flac']], header: { chroma_siting: '1,1' } },
  'chroma in the middle, mp4': { tracks: [['aac']], header: { chroma_siting: '2,2' } },
  'picture that begins late, mp4': { tracks: [['aac']], pictureLateMs: 300 }
}

interface Identified {
  readonly tracks: readonly { readonly properties: Readonly<Record<string, unknown>> }[]
}

const identify = async (file: string): Promise<Identified> =>
  JSON.parse((await exec('mkvmerge', ['-J', file])).stdout) as Identified

interface Words {
  /** Where each chapter begins, in seconds, and its title. */
  readonly chapters: readonly (readonly [number, string])[]
  readonly tags: Readonly<Record<string, string>>
}

async function wordsOf(file: string): Promise<Words> {
  const { stdout } = await exec('ffprobe', ['-v', 'error', '-show_chapters', '-show_format', '-of', 'json', file])
  const { chapters, format } = JSON.parse(stdout) as {
    chapters: { start_time: string; tags: { title: string } }[]
    format: { tags: Record<string, string> }
  }
  return {
    chapters: chapters.map(({ start_time: start, tags }) => [Number(start), tags.title] as const),
    tags: Object.fromEntries(Object.entries(format.tags).map(([name, value]) => [name.toUpperCase(), value]))
  }
}

/** Times of the picture and of the first sound in milliseconds, in one read of a file. */
async function clockOf(file: string): Promise<{ picture: number[]; sound: number[] }> {
  const isMkv = file.endsWith('.mkv')
  const maps = ['-map', '0:V:0', '-map', '0:a:0', '-c', 'copy', '-avoid_negative_ts', 'disabled', '-f', 'framecrc', '-']
  const { stdout } = await exec('ffmpeg', ['-v', 'quiet', ...(isMkv ? ['-copyts'] : []), '-i', file, ...maps])
  const ticks = [...stdout.matchAll(/^#tb \d: (\d+)\/(\d+)/gm)].map(
    ([, num, den]) => (1000 * Number(num)) / Number(den)
  )
  const packets = [...stdout.matchAll(/^(\d), +-?\d+, +(-?\d+)/gm)].map(([, stream, pts]) => [
    Number(stream),
    Number(pts)
  ])
  const of = (wanted: number): number[] =>
    packets
      .filter(([stream]) => stream === wanted)
      .map(([, pts = 0]) => pts * (ticks[wanted] ?? 0))
      .toSorted((a, b) => a - b)
  return { picture: of(0), sound: of(1) }
}

/** Half a packet of sound, which is what may be left out or not at a jump, and the rounding of times. */
const SYNC_MS = 27

/** From the first frame and from the middle and the last one: how much later each is than the first and the last packet of sound. */
const sync = ({ picture, sound }: { picture: number[]; sound: number[] }): number[] =>
  [picture[0], picture[picture.length >> 1], picture.at(-1)].flatMap((frame = 0) =>
    [sound.find((ms) => ms >= 0), sound.at(-1)].map((packet = 0) => frame - packet)
  )

let folders = 0
const fresh = (): string => at(`film-${(folders += 1)}`)

/** The same, with another value of one property or in another container, is tried in the gate. */
const AT_NIGHT = new Set([
  'ADPCM of QuickTime, mov',
  'AAC that was spliced, mkv',
  'Opus that was spliced, mkv',
  'time jump back, ts',
  'sound in two languages, mp4',
  'upside down mov',
  '3D top and bottom, mkv',
  'slide show with sound, mkv',
  'chroma in the middle, mp4',
  // In the gate other codecs in these containers; `trial-join.test.ts` tries 24 bits of Blu-ray.
  'LPCM of Blu-ray, m2ts',
  // In the gate `join-header.test.ts` writes both properties.
  '3D side by side, mkv',
  'chroma at the top left, mkv',
  // In the gate the jump with more sound, and those of `join-clock.test.ts`, which starts a picture late too.
  'time jump after more picture than sound, ts',
  'picture that begins late, mp4',
  // In the gate the same of Matroska; `join-clock.test.ts` and `containers.test.ts` have chapters and words of MP4.
  'chapters and tags, mp4'
])

describe('a film has the tracks, words and times of its source', () => {
  test.for(rowsOf(SOURCES, AT_NIGHT))('%s', async ([name, expected]) => {
    const {
      frames = MOVING_FRAMES,
      warnings = [],
      tracks,
      header = {},
      flags = {},
      chapters = [],
      tags = {}
    } = expected
    const file = await makeOddTracks(moving, folder.path, name)
    const film = await makeFilm(file, fresh(), VP9, signal)
    expect(film.warnings).toEqual(warnings)
    expect(film.joined.frames).toBe(frames)
    const { path } = film.joined
    const found = await identify(path)
    expect(found.tracks[0]?.properties).toMatchObject(header)
    const streams = (await showStreams(path)).slice(1).map(({ codec_name: codec }) => codec)
    const said = found.tracks.slice(1).map(({ properties }) => properties)
    expect(
      streams.map((codec, n) => [codec, said[n]?.['language_ietf'] ?? 'und', said[n]?.['track_name'] ?? ''])
    ).toEqual(tracks.map(([codec, language = 'und', title = '']) => [codec, language, title]))
    for (const [n, wanted] of Object.entries(flags)) expect(said[Number(n) - 1]).toMatchObject(wanted)
    const words = await wordsOf(path)
    expect(words.chapters.map(([seconds, title]) => [Math.round(seconds * 50) / 50, title])).toEqual(chapters)
    expect(words.tags).toMatchObject(tags)
    if (tracks.length === 0) return
    const [before, after] = [await clockOf(file), await clockOf(path)]
    expect(after.picture).toHaveLength(frames)
    const heard = (await showStreams(file)).find(({ codec_type: type }) => type === 'audio')
    // What becomes FLAC has packets of another length.
    const isSame = heard?.codec_name === streams[0]
    for (const [n, ms] of (isSame ? sync(after) : []).entries())
      expect(Math.abs(ms - (sync(before)[n] ?? 0))).toBeLessThan(SYNC_MS)
    if (expected.pictureLateMs !== undefined)
      expect(Math.abs((after.picture[0] ?? 0) - expected.pictureLateMs)).toBeLessThan(42)
  })
})

test('a line that is on at the end of a range stays on as long as it did, and languages keep their regions', async () => {
  const partOf = async (name: string) => {
    const [file, place] = [await makeOddTracks(moving, folder.path, name), fresh()]
    const clip = await prepareClip(file, folder.path, `part-${name.length}`, signal, { range: parseRange('12f-30f') })
    const film = await encodeFilm(clip, place, VP9, signal)
    return (await joinFilm(film, join(place, 'joined'), VP9, signal)).path
  }
  const lines = await partOf('chapters and tags, mkv')
  const show = [
    '-v',
    'error',
    '-select_streams',
    's:0',
    '-show_entries',
    'packet=pts_time,duration_time',
    '-of',
    'csv=p=0'
  ]
  const { stdout } = await exec('ffprobe', [...show, lines])
  const [start = 0, lasts = 0] = stdout.split(',').map(Number)
  expect([start, lasts].map((seconds) => Math.round(seconds * 20) / 20)).toEqual([0.4, 0.7])
  const spoken = await identify(await partOf('sound in several languages, mkv'))
  const languages = spoken.tracks.slice(1).map(({ properties }) => properties['language_ietf'])
  expect(languages).toEqual(['pt-BR', 'pt-PT', 'zh-Hant-TW', 'es-419', 'de'])
})

describe('what is encrypted is refused as such', () => {
  const KEY = [
    '-encryption_scheme',
    'cenc-aes-ctr',
    '-encryption_key',
    '0'.repeat(32),
    '-encryption_kid',
    '1'.repeat(32)
  ]
  const VIDEO = /^The video is encrypted\. grav1 has no keys/
  const made = async (name: string, ...args: readonly string[]): Promise<string> => {
    await ffmpeg('-i', moving, '-map', '0', '-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'aac', ...args, at(name))
    return at(name)
  }
  const change = async (file: string, how: (bytes: Buffer) => void): Promise<string> => {
    const bytes = await readFile(file)
    how(bytes)
    await writeFile(file, bytes)
    return file
  }
  const scramble = (bytes: Buffer): void => {
    for (let packet = 0; packet + 188 <= bytes.length; packet += 188) {
      const isTable = (bytes.readUInt16BE(packet + 1) & 0x1fff) < 0x100
      if (!isTable) bytes[packet + 3] = (bytes[packet + 3] ?? 0) | 0x80
    }
  }
  const WAYS: Readonly<Record<string, readonly [() => Promise<string>, RegExp]>> = {
    'common encryption, mp4': [() => made('cenc.mp4', ...KEY), VIDEO],
    'common encryption in fragments, mp4': [
      () => made('fragments.mp4', ...KEY, '-movflags', 'frag_keyframe+empty_moov'),
      VIDEO
    ],
    'of a shop, mov': [
      async () =>
        change(
          await made('shop.mov'),
          (bytes) => void bytes.write('drmi', bytes.indexOf('avc1', bytes.indexOf('stsd')))
        ),
      VIDEO
    ],
    'scrambled, ts': [async () => change(await made('scrambled.ts', '-f', 'mpegts'), scramble), VIDEO],
    'only the sound, mp4': [
      async () => change(await made('sound.mp4'), (bytes) => void bytes.write('enca', bytes.indexOf('mp4a'))),
      /^Stream 1 is encrypted: add --audio drop$/
    ]
  }
  test.for(Object.entries(WAYS))('%s', async ([, [make, sentence]]) => {
    const file = await make()
    const trial = async (): Promise<unknown> => {
      const source = await probeSource(file, { signal })
      const what = {
        source,
        container: 'mkv',
        streams: KEEP_ALL,
        keepUids: false,
        videoOnly: false,
        output: at('none.mkv')
      } as const
      return tryJoin(what, { signal })
    }
    await expect(trial()).rejects.toThrow(sentence)
  })
})
