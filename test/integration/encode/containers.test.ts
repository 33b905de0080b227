import { execFileSync } from 'node:child_process'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkFilm, type JoinInput, joinProject } from '../../../src/encode/index.ts'
import { parseStreamChoice } from '../../../src/encode/rules/index.ts'
import { turnMp4 } from '../../fixtures/turned-mp4.ts'
import { ffmpeg, fullHashes, packetTimesMs, tempFolder } from '../../fixtures/encode-clips.ts'
import {
  click,
  CLICK_SECONDS,
  JOIN_FRAMES,
  joinInput,
  makeSegments,
  makeSubtitles,
  onsetMs,
  PICTURE
} from '../../fixtures/join-clips.ts'
import { patience } from '../../fixtures/patience.ts'
import { withNight } from '../../nightly.ts'

const signal = patience()
/** One frame of Opus. */
const OPUS_FRAME_MS = 20
let folder: Awaited<ReturnType<typeof tempFolder>>
let segments: { readonly vp9: JoinInput['segments']; readonly aom: JoinInput['segments'] }
let rich = ''

/** A Matroska source with an AAC and an Opus track, subtitles, chapters, tags and an attachment. */
async function makeRich(): Promise<string> {
  const file = join(folder.path, 'rich.mkv')
  const chapters = join(folder.path, 'chapters.txt')
  const notes = join(folder.path, 'notes.txt')
  const chapter = (start: number, end: number, title: string): string =>
    `[CHAPTER]\nTIMEBASE=1/1000\nSTART=${start}\nEND=${end}\ntitle=${title}\n`
  await writeFile(
    chapters,
    `;FFMETADATA1\ntitle=Rich\nartist=Nobody\n${chapter(0, 800, 'One')}${chapter(800, 2000, 'Two')}`
  )
  await writeFile(notes, 'attached')
  const inputs = [
    ...PICTURE.input,
    ...click('stereo', 2),
    ...click('mono', 1),
    '-i',
    await makeSubtitles(folder.path),
    '-i',
    chapters
  ]
  const maps = ['-map', '0', '-map', '1', '-map', '2', '-map', '3', '-map_metadata', '4', '-map_chapters', '4']
  const codecs = [...PICTURE.codec, '-c:a:0', 'aac', '-c:a:1', 'libopus', '-b:a:1', '96k', '-c:s', 'srt']
  const words = [
    '-metadata:s:a:0',
    'language=fre',
    '-metadata:s:a:0',
    'title=Version',
    '-metadata:s:a:1',
    'language=jpn'
  ]
  const flags = [
    '-disposition:a:0',
    '0',
    '-disposition:a:1',
    'default',
    '-disposition:s:0',
    'forced',
    '-metadata:s:s:0',
    'language=ger'
  ]
  await ffmpeg(
    ...inputs,
    ...maps,
    ...codecs,
    ...words,
    ...flags,
    '-attach',
    notes,
    '-metadata:s:t',
    'mimetype=text/plain',
    file
  )
  return file
}

interface Shown {
  streams: {
    codec_type: string
    codec_name?: string
    disposition: Record<string, number>
    tags?: Record<string, string>
    channels?: number
    channel_layout?: string
  }[]
  chapters: { tags: { title: string } }[]
  format: { tags?: Record<string, string> }
}
const show = (file: string): Shown =>
  JSON.parse(
    execFileSync('ffprobe', ['-v', 'error', '-show_streams', '-show_chapters', '-show_format', '-of', 'json', file], {
      encoding: 'utf8'
    })
  ) as Shown
const soundOf = (file: string): Shown['streams'] => show(file).streams.filter((stream) => stream.codec_type === 'audio')

const vp9 = async (file: string, ending: string, more: Partial<JoinInput> = {}): Promise<JoinInput> => ({
  ...(await joinInput(file, ending, { folder: folder.path, segments: segments.vp9, encoder: 'vp9' })),
  ...more
})

beforeAll(async () => {
  folder = await tempFolder()
  segments = { vp9: await makeSegments(folder.path, 'vp9'), aom: await makeSegments(folder.path, 'aom') }
  rich = await makeRich()
})
afterAll(() => folder.remove())

test.for(['mp4', 'webm'] as const)('the video alone fits .%s, whatever else the source holds', async (ending) => {
  await expect(joinProject(await vp9(rich, ending), { signal })).rejects.toMatchObject({ code: 'unsupported' })
  const made = await joinProject(await vp9(rich, ending, { videoOnly: true }), { signal })
  expect(show(made.path).streams.map((stream) => stream.codec_name)).toEqual(['vp9'])
})

describe('MP4', () => {
  const streams = parseStreamChoice({ attachments: 'drop' })

  test('holds sound, subtitles, chapters, languages, titles and flags; the same bytes again elsewhere', async () => {
    const made = await joinProject(await vp9(rich, 'mp4', { streams }), { signal })
    const { streams: found, chapters, format } = show(made.path)
    expect(found.map((stream) => stream.codec_name)).toEqual(['vp9', 'aac', 'opus', 'mov_text', 'bin_data'])
    expect(found[1]?.tags).toMatchObject({ language: 'fre', handler_name: 'Version' })
    expect(found.map((stream) => stream.disposition['default']).slice(1, 3)).toEqual([0, 1])
    expect(found[3]).toMatchObject({ tags: { language: 'ger' }, disposition: { forced: 1 } })
    expect(chapters.map((chapter) => chapter.tags.title)).toEqual(['One', 'Two'])
    expect(format.tags).toMatchObject({ title: 'Rich', artist: 'Nobody' })
    const lines = async (of: string): Promise<string> =>
      ffmpeg('-copyts', '-i', of, '-map', '0:s:0', '-f', 'srt', 'pipe:1')
    expect(await lines(made.path)).toBe(await lines(rich))
    expect((await joinProject(await vp9(rich, 'mp4', { streams }), { signal })).sha256).toBe(made.sha256)
    for (const track of [0, 1]) expect(Math.abs(onsetMs(made.path, track) - onsetMs(rich, track))).toBeLessThan(1.001)
  })

  test('AV1: the frames of the segments, the index first', async () => {
    const input = await joinInput(rich, 'mp4', { folder: folder.path, segments: segments.aom, encoder: 'aom' })
    const made = await joinProject({ ...input, streams }, { signal })
    const wanted = (await Promise.all(segments.aom.map(async ({ file }) => fullHashes(file)))).flat()
    expect(await fullHashes(made.path)).toEqual(wanted)
    const head = execFileSync('head', ['-c', '64', made.path]).toString('latin1')
    expect(head).toContain('moov')
  })

  test.for([
    ['24000/1001, late', (n: number) => 80 + (n * 1001) / 24],
    ['a variable rate', (n: number) => n * 33 + (n % 3) * 7 + 0.25]
  ] as const)('times are exact: %s', async ([, at]) => {
    const timestampsMs = Array.from({ length: JOIN_FRAMES }, (_, n) => at(n))
    const made = await joinProject(await vp9(rich, 'mp4', { streams, timestampsMs }), { signal })
    const found = await packetTimesMs(made.path)
    expect(found).toHaveLength(JOIN_FRAMES)
    for (const [n, time] of found.entries()) expect(Math.abs(time - (timestampsMs[n] ?? 0))).toBeLessThan(0.0025)
  })

  test('HDR, colour, aspect and rotation are carried over', async () => {
    const file = join(folder.path, 'hdr.mp4')
    const master =
      'master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1):max-cll=1000,400'
    const colour = 'colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:range=limited'
    const x265 = [
      '-c:v',
      'libx265',
      '-preset',
      'ultrafast',
      '-x265-params',
      `log-level=none:hdr10=1:${colour}:${master}`
    ]
    await ffmpeg(...PICTURE.input, '-vf', 'setsar=4/3', '-pix_fmt', 'yuv420p10le', ...x265, file)
    await turnMp4(file)
    const made = await joinProject(
      await joinInput(file, 'mp4', { folder: folder.path, segments: segments.aom, encoder: 'aom' }),
      { signal }
    )
    const [video] = (show(made.path) as unknown as { streams: Record<string, unknown>[] }).streams
    expect(video).toMatchObject({
      color_range: 'tv',
      color_primaries: 'bt2020',
      color_transfer: 'smpte2084',
      color_space: 'bt2020nc',
      sample_aspect_ratio: '213:160',
      side_data_list: [
        {
          side_data_type: 'Display Matrix',
          rotation: (
            show(file) as unknown as { streams: { side_data_list: { rotation?: number }[] }[] }
          ).streams[0]?.side_data_list.find((one) => one.rotation !== undefined)?.rotation
        },
        { side_data_type: 'Mastering display metadata', max_luminance: '10000000/10000' },
        { side_data_type: 'Content light level metadata', max_content: 1000, max_average: 400 }
      ]
    })
  })

  test('what MP4 holds is copied', async () => {
    const codecs = ['mp3', 'ac3', 'eac3', 'flac', 'alac']
    const file = join(folder.path, 'codecs.mkv')
    const maps = codecs.flatMap((codec, n) => ['-map', '1', `-c:a:${n}`, codec === 'mp3' ? 'libmp3lame' : codec])
    await ffmpeg(...PICTURE.input, ...click('stereo', 2), '-map', '0', ...maps, ...PICTURE.codec, file)
    const made = await joinProject(await vp9(file, 'mp4'), { signal })
    expect(soundOf(made.path).map((stream) => stream.codec_name)).toEqual(codecs)
    for (const track of codecs.keys())
      expect(Math.abs(onsetMs(made.path, track) - onsetMs(file, track))).toBeLessThan(1.001)
  })
})

describe('sound as Opus', () => {
  test.for(withNight(['webm', 'mp4'], ['mkv']))(
    '.%s: in sync, with language and flags; Opus is copied',
    async (ending) => {
      const streams = parseStreamChoice({ audio: 'opus', subtitles: 'drop', attachments: 'drop' })
      const made = await joinProject(await vp9(rich, ending, { streams }), { signal })
      const found = soundOf(made.path)
      expect(found.map((stream) => stream.codec_name)).toEqual(['opus', 'opus'])
      expect(found.map((stream) => stream.tags?.['language'])).toEqual(['fre', 'jpn'])
      expect(found.map((stream) => stream.disposition['default'])).toEqual([0, 1])
      expect(found[0]?.tags?.[ending === 'mp4' ? 'handler_name' : 'title']).toBe('Version')
      expect(found[0]?.tags?.['BPS']).toBeUndefined()
      expect(show(made.path).chapters.map((chapter) => chapter.tags.title)).toEqual(['One', 'Two'])
      expect(show(made.path).format.tags).toMatchObject(
        ending === 'mp4' ? { title: 'Rich', artist: 'Nobody' } : { title: 'Rich' }
      )
      for (const track of [0, 1])
        expect(Math.abs(onsetMs(made.path, track) - onsetMs(rich, track))).toBeLessThan(OPUS_FRAME_MS)
      const hash = async (file: string, track: number): Promise<string> =>
        ffmpeg('-i', file, '-map', `0:a:${track}`, '-c', 'copy', '-f', 'md5', 'pipe:1')
      expect(await hash(made.path, 1)).toBe(await hash(rich, 1))
    }
  )

  test('with a rate Opus is encoded again, takes less room, and is the same again', async () => {
    const streams = parseStreamChoice({ audio: 'opus:12', subtitles: 'drop', attachments: 'drop' })
    const made = await joinProject(await vp9(rich, 'mkv', { streams }), { signal })
    const bytes = async (file: string): Promise<number> =>
      (await ffmpeg('-i', file, '-map', '0:a:1', '-c', 'copy', '-f', 'framecrc', 'pipe:1'))
        .split('\n')
        .reduce((sum, line) => sum + (line.startsWith('0,') ? Number(line.split(',')[4]) : 0), 0)
    expect(await bytes(made.path)).toBeLessThan((await bytes(rich)) / 2)
    expect((await joinProject(await vp9(rich, 'mkv', { streams }), { signal })).sha256).toBe(made.sha256)
  })

  const LAYOUTS = withNight<readonly [string, number, string]>([['5.1(side)', 6, '5.1']], [['7.1', 8, '7.1']])
  test.for(LAYOUTS)('%s keeps each speaker', async ([layout, channels, opus]) => {
    const file = join(folder.path, `layout-${channels}.mkv`)
    await ffmpeg(...PICTURE.input, ...click(layout, channels), ...PICTURE.codec, '-c:a', 'flac', file)
    const streams = parseStreamChoice({ audio: 'opus' })
    const made = await joinProject(await vp9(file, 'webm', { streams }), { signal })
    expect(soundOf(made.path)).toMatchObject([{ codec_name: 'opus', channel_layout: opus }])
    expect(Math.abs(onsetMs(made.path) - CLICK_SECONDS * 1000)).toBeLessThan(OPUS_FRAME_MS)
    expect(tones(made.path).slice(0, channels)).toEqual(tones(file))
  })

  const SOURCES = withNight<readonly [string, string, readonly string[], string]>(
    [['a transport stream', 'ts', ['-c:a', 'mp2', '-f', 'mpegts'], 'mkv']],
    [
      ['Matroska, sound that starts late', 'mkv', ['-c:a', 'aac'], 'mp4'],
      ['MP4, sound that starts late', 'mp4', ['-c:a', 'aac'], 'mp4']
    ]
  )
  test.for(SOURCES)('in sync from %s', async ([name, ending, codec, container]) => {
    const file = join(folder.path, `late.${ending}`)
    const late = name.includes('late') ? ['-itsoffset', '0.35'] : []
    await ffmpeg(...PICTURE.input, ...late, ...click('stereo', 2), ...PICTURE.codec, ...codec, file)
    const [first = 0] = await packetTimesMs(file)
    const made = await joinProject(await vp9(file, container, { streams: parseStreamChoice({ audio: 'opus' }) }), {
      signal
    })
    expect(Math.abs(onsetMs(made.path) - (onsetMs(file) - first))).toBeLessThan(OPUS_FRAME_MS)
  })

  // In the gate a late start copied from MP4, and a transport stream whose sound becomes Opus.
  const COPIED = withNight(
    [['MP4 in which it starts late', 'opus-late.mp4', 'mkv', '0.35']],
    [
      ['MP4', 'opus.mp4', 'mp4', '0'],
      ['a transport stream', 'opus.ts', 'mp4', '0']
    ]
  )
  test.for(COPIED)('copied from %s it stays where it is', async ([, name, container, late]) => {
    const file = join(folder.path, name)
    const sound = ['-itsoffset', late, ...click('stereo', 2), '-c:a', 'libopus']
    await ffmpeg(...PICTURE.input, ...sound, ...PICTURE.codec, file)
    const made = await joinProject(await vp9(file, container), { signal })
    const [first = 0] = await packetTimesMs(file)
    expect(soundOf(made.path)).toMatchObject([{ codec_name: 'opus' }])
    expect(Math.abs(onsetMs(made.path) - (onsetMs(file) - first))).toBeLessThan(10)
  })

  test('a gap in the sound becomes silence of its length', async () => {
    const file = join(folder.path, 'gap.mkv')
    const gap = ['-bsf:a', 'noise=drop=between(n\\,10\\,40)']
    await ffmpeg(...PICTURE.input, ...click('stereo', 2), ...PICTURE.codec, '-c:a', 'aac', ...gap, file)
    const made = await joinProject(await vp9(file, 'mkv', { streams: parseStreamChoice({ audio: 'opus' }) }), {
      signal
    })
    expect(onsetMs(file)).toBeCloseTo(CLICK_SECONDS * 1000, -2)
    expect(Math.abs(onsetMs(made.path) - onsetMs(file))).toBeLessThan(OPUS_FRAME_MS)
    expect(longestStepMs(file)).toBeGreaterThan(600)
    expect(longestStepMs(made.path)).toBeLessThan(OPUS_FRAME_MS + 1.001)
  })
})

/** The longest time between two packets of the sound. */
function longestStepMs(file: string): number {
  const show = ['-v', 'error', '-select_streams', 'a:0', '-show_entries', 'packet=pts_time', '-of', 'csv=p=0', file]
  const times = execFileSync('ffprobe', show, { encoding: 'utf8' })
    .split('\n')
    .map(Number.parseFloat)
    .filter(Number.isFinite)
  return Math.max(...times.slice(1).map((time, n) => (time - (times[n] ?? 0)) * 1000))
}

/** The loudest tone of each channel, in steps of the ones that `click` makes. */
function tones(file: string): number[] {
  const [{ channels = 0 } = {}] = soundOf(file)
  const sound = ['-v', 'error', '-i', file, '-map', '0:a', '-f', 's16le', '-ar', '48000', 'pipe:1']
  const bytes = execFileSync('ffmpeg', sound, { maxBuffer: 16 * 1024 * 1024 })
  const samples = new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length >> 1)
  const from = Math.round((CLICK_SECONDS + 0.2) * 48_000)
  const power = (channel: number, hertz: number): number => {
    let [re, im] = [0, 0]
    for (let n = 0; n < 9600; n += 1) {
      const sample = samples[(from + n) * channels + channel] ?? 0
      re += sample * Math.cos((2 * Math.PI * hertz * n) / 48_000)
      im += sample * Math.sin((2 * Math.PI * hertz * n) / 48_000)
    }
    return Math.hypot(re, im)
  }
  const candidates = Array.from({ length: 8 }, (_, n) => 300 + 100 * n)
  return Array.from({ length: channels }, (_, channel) => {
    const powers = candidates.map((hertz) => power(channel, hertz))
    return powers.indexOf(Math.max(...powers))
  })
}

describe('chosen tracks, title and tags', () => {
  const hash = async (file: string, track: number): Promise<string> =>
    ffmpeg('-i', file, '-map', `0:a:${track}`, '-c', 'copy', '-f', 'md5', 'pipe:1')
  const words = { title: 'Richer', tag: ['ARTIST=Some & <body>', 'GENRE=Noise'] }
  const tagsOf = (file: string): Record<string, string> =>
    Object.fromEntries(Object.entries(show(file).format.tags ?? {}).map(([name, text]) => [name.toLowerCase(), text]))

  test('one track becomes Opus, the other stays as it is, and both keep their places and words', async () => {
    const streams = parseStreamChoice({ audio: '1:copy,2:opus:12' })
    const made = await joinProject(await vp9(rich, 'mkv', { streams, ...words }), { signal })
    const found = soundOf(made.path)
    expect(found.map((stream) => stream.codec_name)).toEqual(['aac', 'opus'])
    expect(found.map((stream) => stream.tags?.['language'])).toEqual(['fre', 'jpn'])
    expect(await hash(made.path, 0)).toBe(await hash(rich, 0))
    expect(await hash(made.path, 1)).not.toBe(await hash(rich, 1))
    for (const track of [0, 1])
      expect(Math.abs(onsetMs(made.path, track) - onsetMs(rich, track))).toBeLessThan(OPUS_FRAME_MS)
    expect(tagsOf(made.path)).toMatchObject({ title: 'Richer', artist: 'Some & <body>', genre: 'Noise' })
    expect(show(made.path).chapters).toHaveLength(2)
  })

  test('a language from a source that is not Matroska, in a part; MP4 has the words too', async () => {
    const file = join(folder.path, 'two-languages.mp4')
    await ffmpeg('-i', rich, '-map', '0:v', '-map', '0:a', '-c', 'copy', '-map', '0:s', '-c:s', 'mov_text', file)
    const streams = parseStreamChoice({ audioLang: 'fra', subtitles: 'drop' })
    const kept = { startMs: 0, endMs: 1500 }
    const made = await joinProject(await vp9(file, 'mp4', { streams, kept, ...words }), { signal })
    expect(soundOf(made.path).map((stream) => stream.tags?.['language'])).toEqual(['fre'])
    expect(show(made.path).streams.filter((stream) => stream.codec_name === 'mov_text')).toEqual([])
    expect(tagsOf(made.path)).toMatchObject({ title: 'Richer', artist: 'Some & <body>', genre: 'Noise' })
  })

  test('a film with other tracks or words than the chosen ones does not pass its check', async () => {
    const streams = parseStreamChoice({ audioTracks: '1' })
    const without = await vp9(rich, 'mkv', { streams, title: '', tag: ['artist='] })
    const { path } = await joinProject(without, { signal })
    expect(Object.keys(tagsOf(path)).filter((name) => ['title', 'artist'].includes(name))).toEqual([])
    const wrong = async (change: Partial<JoinInput>): Promise<void> =>
      void (await checkFilm({ ...without, ...change }, { path }, { signal }))
    await expect(wrong({ streams: parseStreamChoice({ audioTracks: '2' }) })).rejects.toThrow(
      'failed its check: audio track 1'
    )
    await expect(wrong({ title: undefined })).rejects.toThrow('its title is "", not "Rich"')
    await expect(wrong({ tag: [] })).rejects.toThrow('its tag ARTIST is missing')
  })
})

describe('dropping', () => {
  test.for(['mkv', 'mp4'])('.%s without sound, subtitles and attachments keeps title and chapters', async (ending) => {
    const streams = parseStreamChoice({ audio: 'drop', subtitles: 'drop', attachments: 'drop' })
    const made = await joinProject(await vp9(rich, ending, { streams }), { signal })
    const { streams: found, chapters, format } = show(made.path)
    expect(found.filter((stream) => stream.codec_type !== 'data').map((stream) => stream.codec_name)).toEqual(['vp9'])
    expect(chapters).toHaveLength(2)
    expect(format.tags).toMatchObject({ title: 'Rich' })
  })

  test('the same from a source that is not Matroska', async () => {
    const file = join(folder.path, 'rich.mp4')
    await ffmpeg('-i', rich, '-map', '0:v', '-map', '0:a', '-c', 'copy', file)
    const streams = parseStreamChoice({ audio: 'drop' })
    const made = await joinProject(await vp9(file, 'mkv', { streams }), { signal })
    expect(show(made.path).streams.map((stream) => stream.codec_name)).toEqual(['vp9'])
    expect(show(made.path).chapters.map((chapter) => chapter.tags.title)).toEqual(['One', 'Two'])
    expect(show(made.path).format.tags).toMatchObject({ title: 'Rich' })
  })
})

test('what does not fit is refused before anything is written', async () => {
  for (const ending of ['webm', 'mp4']) {
    const input = await vp9(rich, ending)
    await expect(joinProject(input, { signal })).rejects.toMatchObject({ code: 'unsupported' })
    expect(await readdir(join(input.output, '..'))).toEqual(['work'])
  }
})
