import type { ProbedStream, ProbeReport } from '../programs/ffprobe.ts'
import type { FieldOrder, SourceInfo } from '../rules/index.ts'

/** Said at submission where the container tells, otherwise when all frames' times are known. */
export const VARIABLE_RATE = 'The frame rate varies; every frame keeps its time.'

const ORDERS: Readonly<Record<string, FieldOrder>> = { tt: 'tff', bt: 'tff', bb: 'bff', tb: 'bff' }

/** Which field of an interlaced picture is shown first: ffmpeg's `bt` is coded bottom first and shown top first. The first frame decides if the container does not say. */
export function fieldOrderOf(
  stream: ProbedStream,
  frame: ProbeReport['frames'][number] | undefined
): FieldOrder | undefined {
  const named = ORDERS[stream.field_order ?? '']
  if (named !== undefined || stream.field_order === 'progressive' || frame?.interlaced_frame !== 1) return named
  return frame.top_field_first === 1 ? 'tff' : 'bff'
}

const rate = (text: string): number => {
  const [num = 0, den = 0] = text.split('/').map(Number)
  return num / den
}

function rateWarnings({ r_frame_rate: base, avg_frame_rate: average }: ProbedStream): string[] {
  const ratio = rate(base) / rate(average)
  // Twice the average is how interlaced streams say it.
  const varies = Number.isFinite(ratio) && ratio > 0 && Math.abs(ratio - 1) > 0.02 && Math.abs(ratio - 2) > 0.02
  return varies ? [VARIABLE_RATE] : []
}

function formatWarnings(name: string, tags: ProbedStream['tags']): string[] {
  const alpha = /yuva|rgba|bgra|argb|abgr|gbrap|^ya\d/.test(name) || tags['alpha_mode'] === '1'
  const rgb = /rgb|bgr|gbr|pal8/.test(name)
  const bits = Number(/(14|16)(?:le|be)$/.exec(name)?.[1] ?? (/(?:48|64|f32)(?:le|be)$/.test(name) ? 16 : 0))
  const chroma = /yuvj?4(10|11|40)p/.exec(name)?.[1]
  return [
    ...(alpha ? ['The video has transparency, which is dropped.'] : []),
    ...(rgb ? ['The video is RGB; it is converted to YUV 4:4:4.'] : []),
    ...(chroma === undefined ? [] : [`Chroma of 4:${chroma.split('').join(':')} is converted to 4:2:0.`]),
    ...(bits > 12 ? [`The video's ${bits} bits are reduced to 12.`] : [])
  ]
}

/** Metadata of each frame that is not carried over, as sentences. `probed` holds the first frame of `film`. */
export function lostMetadata(probed: ProbeReport, film: ProbedStream): readonly string[] {
  const sideData = [...film.side_data_list, ...(probed.frames[0]?.side_data_list ?? [])]
  const find = (pattern: RegExp) => sideData.find((data) => pattern.test(String(data['side_data_type'])))
  const dolby = find(/DOVI|Dolby Vision/)
  const profile = sideData.find((data) => data['dv_profile'] !== undefined)?.['dv_profile']
  const alone = dolby?.['dv_bl_signal_compatibility_id'] === 0
  const name = `Dolby Vision${typeof profile === 'number' ? ` (profile ${profile})` : ''}`
  return [
    ...(dolby === undefined
      ? []
      : [
          `${name} metadata is not carried over${alone ? ', and without it the colours of this video are wrong' : ''}.`
        ]),
    ...(find(/HDR10\+|2094-40/) === undefined ? [] : ['HDR10+ metadata is not carried over.'])
  ]
}

function streamWarnings(probed: ProbeReport, film: ProbedStream): string[] {
  // The chapters of MP4 are a track of text, and are kept.
  const data = probed.streams.filter((item) => item.codec_type === 'data' && item.codec_tag_string !== 'text').length
  const teletext = probed.streams.some((item) => item.codec_name === 'dvb_teletext')
  const isMp4 = probed.format?.format_name.split(',').includes('mp4') === true
  const cover = isMp4 && probed.streams.some((item) => item.disposition['attached_pic'] === 1)
  const captions =
    film.closed_captions === 1 ||
    probed.frames.some((frame) =>
      frame.side_data_list.some((one) => /Closed Captions/.test(String(one['side_data_type'])))
    )
  return [
    ...(captions ? ['Closed captions in the video are not kept.'] : []),
    ...(teletext ? ['Teletext subtitles are not kept.'] : []),
    ...(cover ? ['The cover picture is not kept.'] : []),
    ...(data > 0 ? [`Data streams (${data}) are not kept.`] : [])
  ]
}

/** What a user should know before a source is encoded, as sentences. `probed` holds the streams and the first frame of `film`. Interlacing is not among them: that is the user's choice. */
export function sourceWarnings(probed: ProbeReport, film: ProbedStream): string[] {
  return [
    ...rateWarnings(film),
    ...formatWarnings(film.pix_fmt ?? '', film.tags),
    ...lostMetadata(probed, film),
    ...streamWarnings(probed, film)
  ]
}

/** More than one in ten frames lasts a quarter longer or shorter than most do. */
function varies(timesMs: readonly number[]): boolean {
  const lasts = timesMs.slice(1).map((time, n) => time - (timesMs[n] ?? 0))
  const usual = lasts.toSorted((a, b) => a - b)[lasts.length >> 1] ?? 0
  const other = lasts.filter((ms) => Math.abs(ms - usual) > usual / 4 + 1).length
  return other > 2 && other > lasts.length / 10
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`

type TimedSource = Pick<SourceInfo, 'durationSeconds' | 'container'> & {
  readonly video: Pick<SourceInfo['video'], 'fps'>
}

/** By ffmpeg's names: streams without a length in a header. ffmpeg subtracts the first time from the last, which is wrong where times jump and shows no missing end. */
const LENGTHLESS = new Set(['mpegts', 'mpeg', 'ogg'])

/** Warnings from the times of all frames. */
export function timeWarnings(timesMs: readonly number[], { durationSeconds, container, video }: TimedSource): string[] {
  const frameMs = (1000 * video.fps.den) / video.fps.num
  const lastMs = (timesMs.at(-1) ?? 0) - Math.min(timesMs[0] ?? 0, 0) + frameMs
  const missingMs = durationSeconds * 1000 - lastMs
  const short = !LENGTHLESS.has(container) && missingMs > Math.max(5 * frameMs, durationSeconds * 50)
  return [
    ...(varies(timesMs) ? [VARIABLE_RATE] : []),
    ...(short
      ? [
          `The video ends at ${seconds(lastMs)}, but the source claims to last ${seconds(durationSeconds * 1000)}: it may be cut off.`
        ]
      : [])
  ]
}
