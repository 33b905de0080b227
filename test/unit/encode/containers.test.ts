import { describe, expect, test } from 'vitest'
import {
  containerOf,
  KEEP_ALL,
  mp4TimeScale,
  opusLayout,
  parseStreamChoice,
  planStreams,
  type SourceTrack,
  type StreamPlan,
  unfitTrack
} from '../../../src/encode/rules/index.ts'

const track = (type: SourceTrack['type'], codec: string, more: Partial<SourceTrack> = {}): SourceTrack => ({
  type,
  index: 2,
  codec,
  channels: type === 'audio' ? 2 : 0,
  layout: type === 'audio' ? 'stereo' : '',
  title: '',
  ...more
})

const planOf = (tracks: readonly SourceTrack[], words: Parameters<typeof parseStreamChoice>[0] = {}): StreamPlan =>
  planStreams(tracks, parseStreamChoice(words))

test.for([
  ['film.mkv', 'mkv'],
  ['a.b/FILM.WebM', 'webm'],
  ['film.aom.MP4', 'mp4'],
  ['film', undefined],
  ['film.', undefined],
  ['film.mp4/x', undefined],
  ['film.mov', undefined]
] as const)('%s is %s', ([name, container]) => {
  expect(containerOf(name)).toBe(container)
})

describe('which streams a container holds', () => {
  test.for([
    ['mkv', 'audio', ['pcm_s16le', 'truehd', 'wmav2', 'aac']],
    ['mkv', 'subtitle', ['hdmv_pgs_subtitle', 'ass', '']],
    ['mkv', 'attachment', ['ttf', '']],
    ['webm', 'audio', ['opus', 'vorbis']],
    ['mp4', 'audio', ['aac', 'mp3', 'ac3', 'eac3', 'opus', 'flac', 'alac']],
    ['mp4', 'subtitle', ['subrip', 'ass', 'ssa', 'webvtt', 'mov_text', 'text']]
  ] as const)('%s takes %s', ([container, type, codecs]) => {
    for (const codec of codecs)
      expect(unfitTrack(container, [track(type, codec)], planOf([track(type, codec)])), codec).toBeUndefined()
  })

  test.for([
    [
      'webm',
      track('audio', 'aac', { title: 'Main' }),
      /^\.webm holds Vorbis and Opus audio; stream 2 \("Main"\) is aac: add --audio opus, or name an \.mkv$/
    ],
    [
      'webm',
      track('subtitle', 'subrip'),
      /^\.webm holds no subtitles here; stream 2 is subrip: add --subtitles drop, or name an \.mkv$/
    ],
    [
      'webm',
      track('attachment', 'ttf', { title: 'a.ttf' }),
      /^\.webm holds no attachments; stream 2 is "a.ttf": add --attachments drop, or/
    ],
    ['mp4', track('audio', 'vorbis'), /^\.mp4 holds AAC, .*stream 2 is vorbis: add --audio opus/],
    ['mp4', track('audio', 'pcm_s16le'), /stream 2 is pcm_s16le/],
    [
      'mp4',
      track('subtitle', 'hdmv_pgs_subtitle'),
      /^\.mp4 holds text subtitles; stream 2 is hdmv_pgs_subtitle: add --subtitles drop/
    ],
    ['mp4', track('subtitle', ''), /stream 2 is of an unknown kind/],
    ['mp4', track('attachment', 'png', { title: 'cover.png' }), /"cover.png": add --attachments drop/]
  ] as const)('%s refuses %o', ([container, one, sentence]) => {
    const tracks = [track('audio', 'opus', { index: 1 }), one]
    expect(unfitTrack(container, tracks, planOf(tracks))?.sentence).toMatch(sentence)
  })

  test('what is dropped or becomes Opus does not count', () => {
    const all = [
      track('audio', 'truehd'),
      track('subtitle', 'hdmv_pgs_subtitle', { index: 3 }),
      track('attachment', 'ttf', { index: 4 })
    ]
    for (const container of ['webm', 'mp4'] as const) {
      const choose = (audio: string, subtitles: string, attachments: string): string | undefined =>
        unfitTrack(container, all, planOf(all, { audio, subtitles, attachments }))?.sentence
      expect(choose('opus', 'drop', 'drop')).toBeUndefined()
      expect(choose('drop', 'drop', 'drop')).toBeUndefined()
      expect(choose('copy', 'drop', 'drop')).toContain('truehd')
      expect(choose('opus', 'copy', 'drop')).toContain('hdmv_pgs_subtitle')
      expect(choose('opus', 'drop', 'copy')).toContain('attachments')
    }
  })

  test('what ffmpeg does not know cannot become Opus', () => {
    const tracks = [track('audio', '')]
    expect(unfitTrack('mkv', tracks, planOf(tracks, { audio: 'opus' }))?.sentence).toBe(
      'stream 2 is of an unknown kind and cannot become Opus: use --audio copy or --audio drop'
    )
    expect(unfitTrack('mkv', tracks, planOf(tracks))).toBeUndefined()
  })

  test('more channels than Opus has are refused in every container, unless they are copied', () => {
    const wide = [track('audio', 'flac', { channels: 12, layout: '7.1.4' })]
    for (const container of ['mkv', 'webm', 'mp4'] as const)
      expect(unfitTrack(container, wide, planOf(wide, { audio: 'opus' }))?.sentence).toBe(
        'Opus has at most 8 channels; stream 2 has 12: use --audio copy or --audio drop'
      )
    expect(unfitTrack('mkv', wide, planOf(wide))).toBeUndefined()
  })
})

describe('the choice of streams', () => {
  test('is everything unless something is said', () => {
    expect(parseStreamChoice({})).toEqual(KEEP_ALL)
    expect(parseStreamChoice({ audio: 'opus:96', subtitles: 'drop' })).toEqual({
      audio: { type: 'opus', kbpsPerChannel: 96 },
      subtitles: 'drop',
      attachments: 'copy'
    })
    expect(parseStreamChoice({ audio: 'opus' }).audio).toEqual({ type: 'opus', kbpsPerChannel: undefined })
  })

  test.for([
    { audio: 'Opus' },
    { audio: 'opus:' },
    { audio: 'opus:5' },
    { audio: 'opus:257' },
    { audio: 'opus:64k' },
    { audio: 'aac' },
    { audio: '' },
    { audio: '0x1:copy' },
    { audio: '1:copy,1:drop' },
    { audio: 'copy,drop' },
    { audio: '1:copy,' },
    { audioLang: 'english' },
    { audioLang: '' },
    { audioTracks: '0' },
    { audioTracks: '1;2' },
    { subtitleLang: 'eng,,jpn' },
    { subtitleTracks: '1-3' },
    { subtitles: 'burn' },
    { attachments: '' }
  ])('refuses %o', (given) => {
    const [field] = Object.keys(given)
    expect(() => parseStreamChoice(given)).toThrow(expect.objectContaining({ code: 'bad-streams', field }))
  })
})

test.for([
  ['mono', 1, 'mono'],
  ['stereo', 2, 'stereo'],
  ['5.1', 6, '5.1'],
  ['5.1(side)', 6, '5.1'],
  ['2.1', 3, '5.1'],
  ['7.1', 8, '7.1'],
  ['', 6, '5.1'],
  ['', 0, 'stereo'],
  ['hexadecagonal', 16, undefined]
] as const)('%s with %i channels is %s in Opus', ([layout, channels, opus]) => {
  expect(opusLayout(layout, channels)).toBe(opus)
})

describe("MP4's ticks", () => {
  const times = (frames: number, at: (n: number) => number): number[] => Array.from({ length: frames }, (_, n) => at(n))

  test.for([
    ['film at 24000/1001', times(500, (n) => (n * 1001) / 24), { num: 24_000, den: 1001 }, 24_000],
    ['25 a second', times(500, (n) => n * 40), { num: 25, den: 1 }, 1000],
    ['Matroska, in whole milliseconds', times(500, (n) => Math.round((n * 1000) / 24)), { num: 24, den: 1 }, 1000],
    ['a transport stream', times(500, (n) => Math.round(n * 3003.7) / 90), { num: 30, den: 1 }, 90_000],
    ['anything else', times(500, (n) => n * 33.333_337), { num: 30, den: 1 }, 1_000_000],
    ['a rate without end', times(500, (n) => n * 40), { num: 900_000_001, den: 36_000_000 }, 1000]
  ] as const)('%s', ([, timestampsMs, fps, scale]) => {
    expect(mp4TimeScale(timestampsMs, fps)).toBe(scale)
    for (const time of timestampsMs)
      expect(Math.abs((Math.round((time * scale) / 1000) * 1000) / scale - time)).toBeLessThanOrEqual(0.001)
  })
})
