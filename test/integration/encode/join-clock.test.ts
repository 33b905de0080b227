import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ffmpeg, packetTimesMs, tempFolder } from '../../fixtures/encode-clips.ts'
import { encodeFilm, finishFilm, prepareFilm } from '../../fixtures/encode-film.ts'
import { lipsMs, makeFlashes, makeJump } from '../../fixtures/flash-clips.ts'
import { JOIN_FRAMES, joinInput, makeSegments } from '../../fixtures/join-clips.ts'
import { joinProject } from '../../../src/encode/index.ts'
import { patience } from '../../fixtures/patience.ts'
import { withNight } from '../../nightly.ts'

const signal = patience()
const VP9 = { encoder: 'vp9', params: '--cpu-used=8 --end-usage=q --cq-level=40', maxFrames: 60 } as const
const H264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '15', '-bf', '2']
const TS = [...H264, '-c:a', 'mp2', '-f', 'mpegts']
const VOB = ['-c:v', 'mpeg2video', '-q:v', '2', '-bf', '2', '-c:a', 'ac3', '-f', 'vob']

/** How far a beep may be from where one ffmpeg puts it: less than two packets. */
const LIPS_MS_MAX = 45

let folder: Awaited<ReturnType<typeof tempFolder>>
let segments: Awaited<ReturnType<typeof makeSegments>>
beforeAll(async () => {
  folder = await tempFolder()
  segments = await makeSegments(folder.path, 'vp9')
})
afterAll(() => folder.remove())

async function filmOf(file: string, name: string): Promise<string> {
  const place = join(folder.path, name)
  const film = await encodeFilm(await prepareFilm(file, place, VP9, signal), place, VP9, signal)
  return (await finishFilm(film, place, VP9, signal)).joined.path
}

const spread = (values: readonly number[]): number => Math.max(...values) - Math.min(...values)

describe('after a jump of the times sound and picture are where one ffmpeg puts them', () => {
  const JUMPS = withNight<readonly [string, string, readonly string[], number, number]>(
    [
      ['back, transport stream', 'back.ts', TS, 0, LIPS_MS_MAX],
      // Packets of AC-3 overlap at the seam, and mkvmerge puts two of them behind the others.
      ['forth, program stream', 'forth.vob', VOB, 300, 70]
    ],
    [['forth, transport stream', 'forth.ts', TS, 500, LIPS_MS_MAX]]
  )
  test.for(JUMPS)('%s', async ([, name, codec, offset, offMax]) => {
    const file = await makeJump(folder.path, name, codec, offset)
    const source = await lipsMs(file)
    const film = await lipsMs(await filmOf(file, `film-${name}`))
    expect(source.length).toBeGreaterThanOrEqual(4)
    expect(film).toHaveLength(source.length)
    for (const [n, ms] of film.entries()) expect(Math.abs(ms - (source[n] ?? 0))).toBeLessThan(offMax)
  })
})

test('of several sound tracks each keeps its place', async () => {
  const one = await makeFlashes(join(folder.path, 'one.mkv'), {
    pictureSeconds: 3,
    soundSeconds: 3,
    output: [...H264, '-c:a', 'flac']
  })
  const file = join(folder.path, 'several.ts')
  const late = ['-itsoffset', '0.4', '-i', one]
  const maps = ['-map', '0:v', '-map', '1:a', '-map', '0:a']
  await ffmpeg('-i', one, ...late, ...maps, '-c:v', 'copy', '-c:a:0', 'mp2', '-c:a:1', 'ac3', '-f', 'mpegts', file)
  const film = await filmOf(file, 'film-several')
  for (const track of [0, 1]) {
    const wanted = await lipsMs(file, track)
    const found = await lipsMs(film, track)
    for (const [n, ms] of found.entries()) expect(Math.abs(ms - (wanted[n] ?? 0))).toBeLessThan(LIPS_MS_MAX)
  }
})

const LATE = withNight<readonly [string, readonly string[], readonly string[], string]>(
  [
    ['picture later than sound', ['-itsoffset', '0.5'], [], 'late.mp4'],
    ['sound later than picture', [], ['-itsoffset', '0.5'], 'sound.ts']
  ],
  [['sound later than picture', [], ['-itsoffset', '0.5'], 'sound.mov']]
)

test.for(LATE)('edit lists and late starts: %s, %s', async ([, picture, sound, name]) => {
  const one = await makeFlashes(join(folder.path, `${name}.mkv`), {
    pictureSeconds: 2,
    soundSeconds: 2,
    output: [...H264, '-c:a', 'flac']
  })
  const file = join(folder.path, name)
  await ffmpeg(
    ...picture,
    '-i',
    one,
    ...sound,
    '-i',
    one,
    '-map',
    '0:v',
    '-map',
    '1:a',
    '-c:v',
    'copy',
    '-c:a',
    'aac',
    file
  )
  const wanted = await lipsMs(file)
  const found = await lipsMs(await filmOf(file, `film-${name}`))
  expect(found).toHaveLength(wanted.length)
  expect(spread(found.map((ms, n) => ms - (wanted[n] ?? 0)).concat(0))).toBeLessThan(LIPS_MS_MAX)
})

/** ffprobe looks at 5 MB unless it is told to look further. */
describe('a film whose first picture comes after more sound than ffprobe looks at', () => {
  test.for(withNight(['late-picture.mkv'], ['late-picture.mov']))('%s', async (name) => {
    const sound = ['-f', 'lavfi', '-i', 'anullsrc=r=48000:cl=stereo:d=31']
    const picture = ['-itsoffset', '30', '-f', 'lavfi', '-i', 'testsrc2=s=160x90:r=25:d=1']
    const file = join(folder.path, name)
    await ffmpeg(
      ...sound,
      ...picture,
      '-map',
      '1:v',
      '-map',
      '0:a',
      ...H264,
      '-pix_fmt',
      'yuv420p',
      '-fps_mode',
      'passthrough',
      '-c:a',
      'pcm_s16le',
      file
    )
    const made = await packetTimesMs(await filmOf(file, `film-${name}`))
    const wanted = await packetTimesMs(file)
    expect(made).toHaveLength(25)
    expect(made[0]).toBeGreaterThan(29_000)
    expect((made[24] ?? 0) - (made[0] ?? 0)).toBeCloseTo((wanted[24] ?? 0) - (wanted[0] ?? 0), 0)
  })
})

interface Chapter {
  start_time: string
  end_time: string
  tags: { title: string }
}

describe('chapters of a source that is not Matroska stay where they are', () => {
  // Of each kind of source and each kind of film one.
  const WAYS = withNight(
    [
      ['mp4', 'mp4'],
      ['mov', 'mkv']
    ],
    [
      ['mp4', 'mkv'],
      ['m4v', 'mkv']
    ]
  )
  test.for(WAYS)('%s to %s', async ([from, to]) => {
    const words = join(folder.path, 'chapters.txt')
    const chapter = (start: number, end: number): string =>
      `[CHAPTER]\nTIMEBASE=1/1000\nSTART=${start}\nEND=${end}\ntitle=from ${start}\n`
    await writeFile(words, `;FFMETADATA1\n${chapter(0, 500)}${chapter(500, 1200)}${chapter(1200, 2000)}`)
    const file = await makeFlashes(join(folder.path, `chapters.${from}`), {
      pictureSeconds: 1.92,
      soundSeconds: 2,
      output: ['-r', '25', ...H264, '-c:a', 'aac']
    })
    const chaptered = join(folder.path, `chaptered-${to}.${from}`)
    await ffmpeg('-i', file, '-i', words, '-map', '0', '-map_chapters', '1', '-c', 'copy', chaptered)
    const timestampsMs = Array.from({ length: JOIN_FRAMES }, (_, n) => n * 40)
    const init = { folder: folder.path, segments, encoder: 'vp9', timestampsMs } as const
    const made = await joinProject(await joinInput(chaptered, to, init), { signal })
    const shown = execFileSync('ffprobe', ['-v', 'error', '-show_chapters', '-of', 'json', made.path], {
      encoding: 'utf8'
    })
    const { chapters } = JSON.parse(shown) as { chapters: Chapter[] }
    expect(chapters.map((one) => [Math.round(Number(one.start_time) * 1000), one.tags.title])).toEqual([
      [0, 'from 0'],
      [500, 'from 500'],
      [1200, 'from 1200']
    ])
    expect(Number(chapters[0]?.end_time)).toBeCloseTo(0.5, 2)
  })
})
