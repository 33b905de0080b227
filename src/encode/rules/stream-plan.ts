import type { SourceTrack } from './containers.ts'
import { ParamsError } from './errors.ts'
import { bareLanguage } from './language.ts'
import { opusLayout } from './opus-layout.ts'
import { OPUS_KBPS_PER_CHANNEL_DEFAULT, type SoundChoice, type StreamChoice } from './stream-choice.ts'

/** What becomes of a track that goes into the film. */
export type TrackFate = Exclude<SoundChoice, { readonly type: 'drop' }>

/** What becomes of the streams of one source. */
export interface StreamPlan {
  /** Of audio and subtitles, by the number of the stream as ffprobe counts. What is not in it is left out. */
  readonly tracks: ReadonlyMap<number, TrackFate>
  readonly attachments: 'copy' | 'drop'
}

/** Nothing besides the video. */
export const NO_STREAMS: StreamPlan = { tracks: new Map(), attachments: 'drop' }

type Kind = 'audio' | 'subtitle'

interface Pick {
  readonly languages: readonly string[] | undefined
  readonly numbers: readonly number[] | undefined
  readonly isDropped: boolean
}

/** Fields of a submission that pick tracks of a kind. */
const FIELDS = {
  audio: { lang: 'audioLang', tracks: 'audioTracks', flags: ['--audio-lang', '--audio-tracks'], drop: '--audio drop' },
  subtitle: {
    lang: 'subtitleLang',
    tracks: 'subtitleTracks',
    flags: ['--subtitle-lang', '--subtitle-tracks'],
    drop: '--subtitles drop'
  }
} as const

const refused = (message: string, field: (typeof FIELDS)[Kind]['lang' | 'tracks'] | 'audio'): ParamsError =>
  new ParamsError('bad-streams', message, { field })

const languageOf = ({ language = '' }: SourceTrack): string => (language === '' ? 'und' : language)

/** The tracks of a kind in words: `1 (eng), 2 (jpn)`. */
function whatThereIs(kind: Kind, tracks: readonly SourceTrack[]): string {
  if (tracks.length === 0) return `the source has no ${kind} tracks`
  const each = tracks.map((track, n) => `${n + 1} (${languageOf(track)})`)
  return `the source's ${kind} tracks are ${each.join(', ')}`
}

/** The tracks of a kind that stay. @throws ParamsError where what was picked is not there */
function picked(kind: Kind, tracks: readonly SourceTrack[], pick: Pick): readonly SourceTrack[] {
  const { languages, numbers, isDropped } = pick
  const { lang, tracks: field, flags, drop } = FIELDS[kind]
  if (languages === undefined && numbers === undefined) return isDropped ? [] : tracks
  if (isDropped)
    throw refused(
      `${drop} leaves no tracks to choose from: leave it out, or leave out ${languages === undefined ? flags[1] : flags[0]}`,
      field
    )
  const has = (language: string, track: SourceTrack): boolean =>
    bareLanguage(language) === bareLanguage(languageOf(track))
  const missing = languages?.find((language) => !tracks.some((track) => has(language, track)))
  if (missing !== undefined) throw refused(`No ${kind} track is in ${missing}: ${whatThereIs(kind, tracks)}.`, lang)
  const none = numbers?.find((number) => tracks[number - 1] === undefined)
  if (none !== undefined) throw refused(`There is no ${kind} track ${none}: ${whatThereIs(kind, tracks)}.`, field)
  return tracks.filter(
    (track, n) => numbers?.includes(n + 1) === true || languages?.some((language) => has(language, track)) === true
  )
}

/** Opus is not encoded again unless a rate was named. */
const fateOf = (track: SourceTrack, choice: SoundChoice): SoundChoice =>
  choice.type === 'opus' && track.codec === 'opus' && choice.kbpsPerChannel === undefined ? { type: 'copy' } : choice

function soundPlan(tracks: readonly SourceTrack[], choice: StreamChoice): [number, TrackFate][] {
  const { audio, singleAudio = [], audioLang: languages, audioTracks: numbers } = choice
  const unknown = singleAudio.find(({ track }) => tracks[track - 1] === undefined)
  if (unknown !== undefined)
    throw refused(`There is no audio track ${unknown.track}: ${whatThereIs('audio', tracks)}.`, 'audio')
  const isDropped = audio.type === 'drop' && singleAudio.length === 0
  return picked('audio', tracks, { languages, numbers, isDropped }).flatMap((track): [number, TrackFate][] => {
    const single = singleAudio.find((one) => tracks[one.track - 1] === track)
    const fate = fateOf(track, single?.choice ?? audio)
    return fate.type === 'drop' ? [] : [[track.index, fate]]
  })
}

/** What becomes of the streams of a source. @throws ParamsError `bad-streams`, with the streams that are there, where one was named that is not */
export function planStreams(tracks: readonly SourceTrack[], choice: StreamChoice): StreamPlan {
  const audio = tracks.filter(({ type }) => type === 'audio')
  const subtitles = tracks.filter(({ type }) => type === 'subtitle')
  const { subtitleLang: languages, subtitleTracks: numbers, attachments } = choice
  const isDropped = choice.subtitles === 'drop'
  const texts = picked('subtitle', subtitles, { languages, numbers, isDropped })
  const kept = texts.map(({ index }): [number, TrackFate] => [index, { type: 'copy' }])
  return { tracks: new Map([...soundPlan(audio, choice), ...kept]), attachments }
}

/** The tracks that go into the finished file. */
export const keptTracks = (tracks: readonly SourceTrack[], plan: StreamPlan): SourceTrack[] =>
  tracks.filter(({ type, index }) => (type === 'attachment' ? plan.attachments === 'copy' : plan.tracks.has(index)))

/** How a track is encoded as Opus; undefined where it is not. */
export function opusOf(
  { index }: SourceTrack,
  { tracks }: StreamPlan
): Extract<TrackFate, { type: 'opus' }> | undefined {
  const fate = tracks.get(index)
  return fate?.type === 'opus' ? fate : undefined
}

/** Whether a track of sound is encoded as Opus rather than copied. */
export const becomesOpus = (track: SourceTrack, plan: StreamPlan): boolean => opusOf(track, plan) !== undefined

/** kbit/s of a track as Opus; undefined where it does not become Opus. Places that Opus does not have are mixed into two. */
export function opusKbps(track: SourceTrack, plan: StreamPlan): number | undefined {
  const opus = opusOf(track, plan)
  if (opus === undefined) return undefined
  const isMixed = opusLayout(track.layout, track.channels) === undefined
  return (opus.kbpsPerChannel ?? OPUS_KBPS_PER_CHANNEL_DEFAULT) * (isMixed ? 2 : track.channels)
}

/** The plan for a file that has these streams of the source, in this order. */
export const renumbered = ({ tracks, attachments }: StreamPlan, indexes: readonly number[]): StreamPlan => ({
  tracks: new Map(
    indexes.flatMap((before, index) => {
      const fate = tracks.get(before)
      return fate === undefined ? [] : [[index, fate] as const]
    })
  ),
  attachments
})

/** The same where all that becomes Opus has become it. */
export const copied = ({ tracks, attachments }: StreamPlan): StreamPlan => ({
  tracks: new Map([...tracks.keys()].map((index) => [index, { type: 'copy' }])),
  attachments
})
