import { OPUS_CHANNELS_MAX, opusLayout } from './opus-layout.ts'
import { becomesOpus, keptTracks, type StreamPlan } from './stream-plan.ts'

/** Containers that grav1 writes. */
export type Container = 'mkv' | 'webm' | 'mp4'

const CONTAINERS: readonly Container[] = ['mkv', 'webm', 'mp4']

/** The container that a file name asks for by its ending; undefined where grav1 does not write it. */
export function containerOf(name: string): Container | undefined {
  const ending = /\.([^./\\]*)$/.exec(name)?.[1]?.toLowerCase()
  return CONTAINERS.find((container) => container === ending)
}

/** A stream of the source that goes into the finished file unless it is dropped. */
export interface SourceTrack {
  readonly type: 'audio' | 'subtitle' | 'attachment'
  /** Its number in the source, as ffprobe counts. */
  readonly index: number
  /** ffmpeg's name of its codec; empty where ffmpeg knows none. */
  readonly codec: string
  /** Of audio; 0 where it is not known. */
  readonly channels: number
  /** ffmpeg's name of the speakers' places; empty where it is not known. */
  readonly layout: string
  /** ffmpeg's name of the form of decoded samples, of audio that it can decode. */
  readonly sampleFormat?: string | undefined
  /** Bits of a sample that are used; 0 where it is not known. */
  readonly sampleBits?: number | undefined
  /** Title, or an attachment's file name; may be empty. */
  readonly title: string
  /** As the source writes it; empty where it says nothing. */
  readonly language?: string | undefined
}

interface ContainerRules {
  readonly audio: ReadonlySet<string>
  readonly audioWords: string
  readonly subtitles: ReadonlySet<string>
  readonly subtitleWords: string
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(' ').filter((word) => word !== ''))

/** Text subtitles, which become `mov_text` in MP4. */
const TEXT_SUBTITLES = words('subrip srt ass ssa webvtt text mov_text')

/** Matroska holds whatever the source has. AV1 and VP9 fit all three. */
const RULES: Readonly<Record<Exclude<Container, 'mkv'>, ContainerRules>> = {
  webm: {
    audio: words('opus vorbis'),
    audioWords: 'Vorbis and Opus audio',
    subtitles: words(''),
    subtitleWords: 'no subtitles here'
  },
  mp4: {
    audio: words('aac mp3 ac3 eac3 opus flac alac'),
    audioWords: 'AAC, MP3, AC-3, E-AC-3, Opus, FLAC and ALAC audio',
    subtitles: TEXT_SUBTITLES,
    subtitleWords: 'text subtitles'
  }
}

function called({ index, codec, title }: SourceTrack): string {
  const name = title === '' ? '' : ` (${JSON.stringify(title.slice(0, 60))})`
  return `stream ${index}${name} is ${codec === '' ? 'of an unknown kind' : codec}`
}

function unfit(track: SourceTrack, container: Exclude<Container, 'mkv'>, plan: StreamPlan): string | undefined {
  const { audio, audioWords, subtitles, subtitleWords } = RULES[container]
  const advice = (option: string): string => `add ${option}, or name an .mkv`
  if (track.type === 'attachment') {
    const name = JSON.stringify(track.title.slice(0, 60))
    return `.${container} holds no attachments; stream ${track.index} is ${name}: ${advice('--attachments drop')}`
  }
  if (track.type === 'subtitle') {
    if (subtitles.has(track.codec)) return undefined
    return `.${container} holds ${subtitleWords}; ${called(track)}: ${advice('--subtitles drop')}`
  }
  if (becomesOpus(track, plan) || audio.has(track.codec)) return undefined
  return `.${container} holds ${audioWords}; ${called(track)}: ${advice('--audio opus')}`
}

/** The option that decides what becomes of such a stream. */
const OPTION_OF_TRACK = { audio: 'audio', subtitle: 'subtitles', attachment: 'attachments' } as const

/** A stream that the container does not hold. */
interface UnfitTrack {
  /** Names it and says what to do. */
  readonly sentence: string
  readonly field: (typeof OPTION_OF_TRACK)[SourceTrack['type']]
}

/** The first of the source's streams that does not go into the container; undefined where all fit. */
export function unfitTrack(
  container: Container,
  tracks: readonly SourceTrack[],
  plan: StreamPlan
): UnfitTrack | undefined {
  const kept = keptTracks(tracks, plan)
  const opus = kept.filter((track) => becomesOpus(track, plan))
  const unknown = opus.find((track) => track.codec === '')
  if (unknown !== undefined)
    return {
      sentence: `${called(unknown)} and cannot become Opus: use --audio copy or --audio drop`,
      field: 'audio'
    }
  const crowded = opus.find((track) => opusLayout(track.layout, track.channels) === undefined)
  if (crowded !== undefined)
    return {
      sentence: `Opus has at most ${OPUS_CHANNELS_MAX} channels; stream ${crowded.index} has ${crowded.channels}: use --audio copy or --audio drop`,
      field: 'audio'
    }
  if (container === 'mkv') return undefined
  for (const track of kept) {
    const sentence = unfit(track, container, plan)
    if (sentence !== undefined) return { sentence, field: OPTION_OF_TRACK[track.type] }
  }
  return undefined
}
