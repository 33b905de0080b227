import { ParamsError, type ParamsErrorDetails } from './errors.ts'

/** What becomes of a track of sound. */
export type SoundChoice =
  | { readonly type: 'copy' }
  | { readonly type: 'drop' }
  /** kbit/s for each channel; undefined = the default, and a track that is Opus already is copied. */
  | { readonly type: 'opus'; readonly kbpsPerChannel: number | undefined }

/** A track that has a choice of its own. */
export interface SingleSound {
  /** Among the source's audio tracks, from 1. */
  readonly track: number
  readonly choice: SoundChoice
}

/** What of the source, besides its video, goes into the finished file. */
export interface StreamChoice {
  /** Of the tracks without a choice of their own. */
  readonly audio: SoundChoice
  readonly singleAudio?: readonly SingleSound[] | undefined
  /** Only tracks in these languages, as the user wrote them, and those of `audioTracks`. Undefined with `audioTracks` undefined: all tracks. */
  readonly audioLang?: readonly string[] | undefined
  /** Only the tracks with these numbers, from 1, and those in `audioLang`. */
  readonly audioTracks?: readonly number[] | undefined
  readonly subtitles: 'copy' | 'drop'
  readonly subtitleLang?: readonly string[] | undefined
  readonly subtitleTracks?: readonly number[] | undefined
  readonly attachments: 'copy' | 'drop'
}

/** The choice in the words of users, by the fields of a submission; a field is undefined where nothing was chosen. */
interface StreamWords {
  readonly audio?: string | undefined
  readonly audioLang?: string | undefined
  readonly audioTracks?: string | undefined
  readonly subtitles?: string | undefined
  readonly subtitleLang?: string | undefined
  readonly subtitleTracks?: string | undefined
  readonly attachments?: string | undefined
}

/** Copies everything. */
export const KEEP_ALL: StreamChoice = { audio: { type: 'copy' }, subtitles: 'copy', attachments: 'copy' }

/** Transparent for nearly everybody: 128 kbit/s for stereo. */
export const OPUS_KBPS_PER_CHANNEL_DEFAULT = 64

/** What libopus takes for a channel. */
const OPUS_KBPS_PER_CHANNEL_MIN = 6
const OPUS_KBPS_PER_CHANNEL_MAX = 256

const AUDIO_SYNTAX =
  'Audio must be copy, drop, opus or opus:<kbit/s per channel>, each with the number of a track in front if it is for that track only: 1:copy,2:opus:96.'

const refused = (field: ParamsErrorDetails['field'], message: string): ParamsError =>
  new ParamsError('bad-streams', message, { field })

function parseSound(text: string): SoundChoice {
  if (text === 'copy' || text === 'drop') return { type: text }
  const match = /^opus(?::(\d{1,4}))?$/.exec(text)
  if (match === null) throw refused('audio', AUDIO_SYNTAX)
  if (match[1] === undefined) return { type: 'opus', kbpsPerChannel: undefined }
  const kbpsPerChannel = Number(match[1])
  if (kbpsPerChannel < OPUS_KBPS_PER_CHANNEL_MIN || kbpsPerChannel > OPUS_KBPS_PER_CHANNEL_MAX)
    throw refused(
      'audio',
      `Opus takes ${OPUS_KBPS_PER_CHANNEL_MIN} to ${OPUS_KBPS_PER_CHANNEL_MAX} kbit/s per channel, not ${kbpsPerChannel}.`
    )
  return { type: 'opus', kbpsPerChannel }
}

/** `opus:96,1:copy`: a choice for all tracks, and one for each track that is named. */
function parseAudio(text: string): Pick<StreamChoice, 'audio' | 'singleAudio'> {
  const singles: SingleSound[] = []
  let audio: SoundChoice | undefined
  for (const part of text.split(',').map((one) => one.trim())) {
    const [, number, rest = part] = /^(\d{1,3}):(.*)$/.exec(part) ?? []
    const choice = parseSound(rest)
    if (number === undefined) {
      if (audio !== undefined) throw refused('audio', 'Audio has two choices for all tracks: give only one.')
      audio = choice
    } else {
      const track = Number(number)
      if (singles.some((one) => one.track === track)) throw refused('audio', `Audio track ${track} has two choices.`)
      singles.push({ track, choice })
    }
  }
  return { audio: audio ?? { type: 'copy' }, ...(singles.length === 0 ? {} : { singleAudio: singles }) }
}

function parseKeep(field: 'subtitles' | 'attachments', text: string): 'copy' | 'drop' {
  if (text === 'copy' || text === 'drop') return text
  throw refused(field, `${field === 'subtitles' ? 'Subtitles' : 'Attachments'} must be copy or drop.`)
}

const listOf = (text: string): readonly string[] => text.split(',').map((one) => one.trim())

/** Tags of RFC 5646 begin so; ISO 639 has nothing longer. */
const LANGUAGE = /^[a-z]{2,3}(?:-[a-z\d]{1,8})*$/i

type PickField = 'audioLang' | 'audioTracks' | 'subtitleLang' | 'subtitleTracks'

function parseLanguages(field: PickField, text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined
  const languages = listOf(text)
  const wrong = languages.find((one) => !LANGUAGE.test(one))
  if (wrong === undefined) return languages
  throw refused(field, `"${wrong}" is not a language: write codes such as eng,jpn, or und for tracks without one.`)
}

function parseNumbers(field: PickField, text: string | undefined): readonly number[] | undefined {
  if (text === undefined) return undefined
  const wrong = listOf(text).find((one) => !/^[1-9]\d{0,2}$/.test(one))
  if (wrong === undefined) return listOf(text).map(Number)
  throw refused(field, `"${wrong}" is not a track number: write numbers from 1, such as 1,3.`)
}

/** Reads a choice as users write it; streams without a choice are copied. @throws ParamsError `bad-streams` */
export function parseStreamChoice(given: StreamWords): StreamChoice {
  const picks = {
    audioLang: parseLanguages('audioLang', given.audioLang),
    audioTracks: parseNumbers('audioTracks', given.audioTracks),
    subtitleLang: parseLanguages('subtitleLang', given.subtitleLang),
    subtitleTracks: parseNumbers('subtitleTracks', given.subtitleTracks)
  }
  const made = Object.entries(picks).filter(([, pick]) => pick !== undefined)
  return {
    ...parseAudio(given.audio ?? 'copy'),
    subtitles: parseKeep('subtitles', given.subtitles ?? 'copy'),
    attachments: parseKeep('attachments', given.attachments ?? 'copy'),
    ...Object.fromEntries(made)
  }
}

function soundWords(choice: SoundChoice): string {
  if (choice.type !== 'opus') return choice.type
  return choice.kbpsPerChannel === undefined ? 'opus' : `opus:${choice.kbpsPerChannel}`
}

/** The words that are read as this choice. */
export const streamWords = (choice: StreamChoice) => ({
  audio: [
    soundWords(choice.audio),
    ...(choice.singleAudio ?? []).map((single) => `${single.track}:${soundWords(single.choice)}`)
  ].join(','),
  audioLang: choice.audioLang?.join(','),
  audioTracks: choice.audioTracks?.join(','),
  subtitles: choice.subtitles,
  subtitleLang: choice.subtitleLang?.join(','),
  subtitleTracks: choice.subtitleTracks?.join(','),
  attachments: choice.attachments
})
