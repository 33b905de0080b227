import { describe, expect, test } from 'vitest'
import {
  keptTracks,
  NO_STREAMS,
  opusKbps,
  parseStreamChoice,
  planStreams,
  renumbered,
  type SourceTrack
} from '../../../src/encode/rules/index.ts'

type Words = Parameters<typeof parseStreamChoice>[0]

const track = (type: SourceTrack['type'], index: number, language: string, codec = 'flac'): SourceTrack => ({
  type,
  index,
  codec,
  channels: type === 'audio' ? 2 : 0,
  layout: type === 'audio' ? 'stereo' : '',
  title: '',
  language
})

/** Streams 1, 2, 4 and 5 are audio, the numbers of which are 1 to 4. */
const TRACKS = [
  track('audio', 1, 'eng'),
  track('audio', 2, 'jpn', 'opus'),
  track('subtitle', 3, 'ger'),
  track('audio', 4, ''),
  track('audio', 5, 'pt-BR'),
  track('subtitle', 6, 'eng'),
  track('attachment', 7, '')
]

const fates = (words: Words): Record<number, string> =>
  Object.fromEntries(
    [...planStreams(TRACKS, parseStreamChoice(words)).tracks].map(([index, fate]) => [
      index,
      fate.type === 'opus' ? `opus ${fate.kbpsPerChannel ?? ''}`.trim() : fate.type
    ])
  )

const subtitles = { 3: 'copy', 6: 'copy' }

describe('what becomes of each track', () => {
  test.for<[Words, Record<number, string>]>([
    [{}, { 1: 'copy', 2: 'copy', 4: 'copy', 5: 'copy', ...subtitles }],
    [{ audio: 'drop' }, subtitles],
    [{ audio: 'opus' }, { 1: 'opus', 2: 'copy', 4: 'opus', 5: 'opus', ...subtitles }],
    [{ audio: '1:copy,2:opus:96' }, { 1: 'copy', 2: 'opus 96', 4: 'copy', 5: 'copy', ...subtitles }],
    [{ audio: 'opus,3:drop, 1:opus:12' }, { 1: 'opus 12', 2: 'copy', 5: 'opus', ...subtitles }],
    [{ audio: 'drop,4:copy' }, { 5: 'copy', ...subtitles }],
    [{ audioLang: 'eng,jpn' }, { 1: 'copy', 2: 'copy', ...subtitles }],
    [{ audioLang: 'ja' }, { 2: 'copy', ...subtitles }],
    [{ audioLang: 'und' }, { 4: 'copy', ...subtitles }],
    [{ audioLang: 'por' }, { 5: 'copy', ...subtitles }],
    [{ audioTracks: '3,1' }, { 1: 'copy', 4: 'copy', ...subtitles }],
    [
      { audioTracks: '4', audioLang: 'eng' },
      { 1: 'copy', 5: 'copy', ...subtitles }
    ],
    [
      { audioLang: 'eng', audio: '1:opus,2:opus' },
      { 1: 'opus', ...subtitles }
    ],
    [{ audio: 'drop', subtitleLang: 'deu' }, { 3: 'copy' }],
    [{ audio: 'drop', subtitleTracks: '2' }, { 6: 'copy' }]
  ])('%j', ([words, wanted]) => {
    expect(fates(words)).toEqual(wanted)
  })

  test('attachments stay or go together', () => {
    const kept = (attachments: string): number[] =>
      keptTracks(TRACKS, planStreams(TRACKS, parseStreamChoice({ attachments, audio: 'drop' }))).map(
        ({ index }) => index
      )
    expect(kept('copy')).toEqual([3, 6, 7])
    expect(kept('drop')).toEqual([3, 6])
    expect(keptTracks(TRACKS, NO_STREAMS)).toEqual([])
  })

  test('a file of some of the streams has the same plan by its own numbers', () => {
    const plan = planStreams(TRACKS, parseStreamChoice({ audio: 'drop,3:opus', subtitleTracks: '2' }))
    expect([...renumbered(plan, [2, 4, 6]).tracks]).toEqual([
      [1, { type: 'opus', kbpsPerChannel: undefined }],
      [2, { type: 'copy' }]
    ])
  })

  test('the rate of Opus is that of all channels', () => {
    const plan = planStreams(TRACKS, parseStreamChoice({ audio: '1:opus,4:opus:96' }))
    expect(TRACKS.map((one) => opusKbps(one, plan))).toEqual([
      128,
      undefined,
      undefined,
      undefined,
      192,
      undefined,
      undefined
    ])
  })
})

describe('what is not there is refused, with what is', () => {
  test.for<[Words, string, RegExp]>([
    [
      { audioLang: 'eng,fre' },
      'audioLang',
      /^No audio track is in fre: .* are 1 \(eng\), 2 \(jpn\), 3 \(und\), 4 \(pt-BR\)\.$/
    ],
    [{ audioTracks: '1,5' }, 'audioTracks', /^There is no audio track 5: /],
    [{ audio: '7:drop' }, 'audio', /^There is no audio track 7: /],
    [{ subtitleLang: 'fre' }, 'subtitleLang', /^No subtitle track is in fre: .* 1 \(ger\), 2 \(eng\)\.$/],
    [{ subtitleTracks: '3' }, 'subtitleTracks', /^There is no subtitle track 3: /],
    [{ audio: 'drop', audioTracks: '1' }, 'audioTracks', /--audio drop leaves no tracks to choose from/],
    [{ subtitles: 'drop', subtitleLang: 'eng' }, 'subtitleTracks', /--subtitles drop leaves no tracks to choose from/]
  ])('%j', ([words, field, sentence]) => {
    expect(() => planStreams(TRACKS, parseStreamChoice(words))).toThrow(
      expect.objectContaining({ code: 'bad-streams', field, message: expect.stringMatching(sentence) as unknown })
    )
  })

  test('and where there is nothing, that is said', () => {
    expect(() => planStreams([], parseStreamChoice({ audioLang: 'eng' }))).toThrow(/the source has no audio tracks/)
  })
})
