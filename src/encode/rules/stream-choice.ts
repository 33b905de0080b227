import { ParamsError } from './errors.ts'

/** What becomes of the source's sound. */
export type AudioChoice =
  | { readonly type: 'copy' }
  | { readonly type: 'drop' }
  /** kbit/s for each channel; undefined = the default, and tracks that are Opus already are copied. */
  | { readonly type: 'opus'; readonly kbpsPerChannel: number | undefined }

/** What of the source, besides its video, goes into the finished file. */
export interface StreamChoice {
  readonly audio: AudioChoice
  readonly subtitles: 'copy' | 'drop'
  readonly attachments: 'copy' | 'drop'
}

/** Copies everything. */
export const KEEP_ALL: StreamChoice = { audio: { type: 'copy' }, subtitles: 'copy', attachments: 'copy' }

/** Transparent for nearly everybody: 128 kbit/s for stereo. */
export const OPUS_KBPS_PER_CHANNEL_DEFAULT = 64

/** What libopus takes for a channel. */
const OPUS_KBPS_PER_CHANNEL_MIN = 6
const OPUS_KBPS_PER_CHANNEL_MAX = 256

function parseAudio(text: string): AudioChoice {
  if (text === 'copy' || text === 'drop') return { type: text }
  const match = /^opus(?::(\d{1,4}))?$/.exec(text)
  if (match === null)
    throw new ParamsError('bad-streams', 'Audio must be copy, drop, opus or opus:<kbit/s per channel>.', {
      field: 'audio'
    })
  if (match[1] === undefined) return { type: 'opus', kbpsPerChannel: undefined }
  const kbpsPerChannel = Number(match[1])
  if (kbpsPerChannel < OPUS_KBPS_PER_CHANNEL_MIN || kbpsPerChannel > OPUS_KBPS_PER_CHANNEL_MAX)
    throw new ParamsError(
      'bad-streams',
      `Opus takes ${OPUS_KBPS_PER_CHANNEL_MIN} to ${OPUS_KBPS_PER_CHANNEL_MAX} kbit/s per channel, not ${kbpsPerChannel}.`,
      { field: 'audio' }
    )
  return { type: 'opus', kbpsPerChannel }
}

function parseKeep(field: 'subtitles' | 'attachments', text: string): 'copy' | 'drop' {
  if (text === 'copy' || text === 'drop') return text
  const what = field === 'subtitles' ? 'Subtitles' : 'Attachments'
  throw new ParamsError('bad-streams', `${what} must be copy or drop.`, { field })
}

/** Reads a choice as users write it; streams without a choice are copied. @throws ParamsError `bad-streams` */
export const parseStreamChoice = (given: {
  readonly audio?: string | undefined
  readonly subtitles?: string | undefined
  readonly attachments?: string | undefined
}): StreamChoice => ({
  audio: parseAudio(given.audio ?? 'copy'),
  subtitles: parseKeep('subtitles', given.subtitles ?? 'copy'),
  attachments: parseKeep('attachments', given.attachments ?? 'copy')
})
