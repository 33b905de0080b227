import { z } from 'zod'
import { MediaError } from './errors.ts'
import { askAboutFile } from './file-facts.ts'
import { lastWords } from './process.ts'
import type { RunOptions } from './run-options.ts'
import type { SourceInfo } from '../rules/index.ts'

const stream = z.object({
  index: z.number(),
  codec_type: z.string().default(''),
  codec_name: z.string().default(''),
  width: z.number().default(0),
  height: z.number().default(0),
  pix_fmt: z.string().optional(),
  sample_aspect_ratio: z.string().optional(),
  r_frame_rate: z.string().default('0/0'),
  avg_frame_rate: z.string().default('0/0'),
  time_base: z.string().optional(),
  nb_frames: z.string().optional(),
  bit_rate: z.string().optional(),
  start_time: z.string().optional(),
  duration: z.string().optional(),
  sample_fmt: z.string().optional(),
  bits_per_raw_sample: z.string().optional(),
  bits_per_sample: z.number().optional(),
  channels: z.number().default(0),
  /** Samples that a sound codec begins with and a player drops; undefined where this ffprobe does not tell. */
  channel_layout: z.string().default(''),
  color_range: z.string().optional(),
  color_space: z.string().optional(),
  color_transfer: z.string().optional(),
  color_primaries: z.string().optional(),
  chroma_location: z.string().optional(),
  codec_tag_string: z.string().optional(),
  /** Where it was asked for with `-show_data_hash`: of an attachment, the hash of its content. */
  extradata_hash: z.string().optional(),
  field_order: z.string().optional(),
  closed_captions: z.number().default(0),
  disposition: z.record(z.string(), z.number()).default({}),
  tags: z.record(z.string(), z.string()).default({}),
  side_data_list: z.array(z.record(z.string(), z.unknown())).default([])
})

/** A packet or a frame; each has some of these. */
const item = z.object({
  type: z.string(),
  flags: z.string().default(''),
  interlaced_frame: z.number().default(0),
  top_field_first: z.number().default(0),
  side_data_list: z.array(z.record(z.string(), z.unknown())).default([])
})

const described = z.object({
  streams: z.array(stream).default([]),
  format: z
    .object({
      format_name: z.string(),
      duration: z.string().optional(),
      start_time: z.string().optional(),
      size: z.string().optional(),
      tags: z.record(z.string(), z.string()).default({})
    })
    .optional(),
  chapters: z
    .array(
      z.object({ start_time: z.string(), end_time: z.string(), tags: z.record(z.string(), z.string()).default({}) })
    )
    .default([])
})

const first = z.object({ packets_and_frames: z.array(item).default([]) })

/** One stream as ffprobe describes it. */
export type ProbedStream = z.infer<typeof stream>
/** One frame as ffprobe describes it. */
export interface ProbedFrame {
  readonly interlaced_frame: number
  readonly top_field_first: number
  readonly side_data_list: readonly Readonly<Record<string, unknown>>[]
}
/** A file as ffprobe describes it, with the first frame of its film where that was looked at. */
export type ProbeReport = z.infer<typeof described> & { readonly frames: readonly ProbedFrame[] }

/** Containers that sources may have: none that opens other files or addresses (playlists), and no still pictures. */
const SOURCE_FORMATS =
  'matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,avi,mpegts,mpeg,mpegvideo,m4v,h264,hevc,av1,obu,ivf,ogg,flv,live_flv,asf,rm,nut,yuv4mpegpipe,dv,mxf,gxf,wtv,vc1,vc1test,' +
  'nsv,roq,bink,smk,mlv,dirac,cavsvideo,h263,h261,mjpeg,r3d,ivr,wtv,dnxhd,swf,mtv,nuv,psxstr,film_cpk,idcin,wc3movie,4xm,c93,dsicin,flic,mve,thp,vivo,viv'

/** Options that keep ffmpeg and ffprobe to the named local file and to real video containers. */
export const LOCAL_FILES: readonly string[] = ['-protocol_whitelist', 'file,pipe', '-format_whitelist', SOURCE_FORMATS]

/** What ffmpeg found in a file that is in no video container. */
const OTHER_FORMAT = /^\[([\w,]+) @ 0x[0-9a-f]+\] Format not on whitelist/m

/** A sentence about a file that cannot be read, without the list of all that could be. */
function unreadable(stderrTail: string): string {
  const format = OTHER_FORMAT.exec(stderrTail)?.[1]
  if (format !== undefined) return `This is not a video: ffmpeg reads it as ${format}.`
  const lines = stderrTail.split(/[\r\n]+/).filter((line) => !line.includes('not on whitelist'))
  const said = lastWords(lines.join('\n')).replaceAll(/ @ 0x[0-9a-f]+\]/g, ']')
  return `This is not a video that ffmpeg can read${said === '' ? '' : `: ${said}`}`
}

async function ffprobe<Answer>(
  path: string,
  show: readonly string[],
  answer: z.ZodType<Answer>,
  options: RunOptions
): Promise<Answer> {
  const args = ['-v', 'error', ...LOCAL_FILES, '-of', 'json', ...show, `file:${path}`]
  const result = await askAboutFile('ffprobe', args, path, options)
  if (result.code !== 0) {
    const { stderrTail } = result
    throw new MediaError('not-a-video', unreadable(stderrTail), { stderrTail })
  }
  const parsed = answer.safeParse(JSON.parse(result.stdout))
  if (!parsed.success)
    throw new MediaError('not-a-video', 'ffprobe described the file in a form that grav1 does not know.', {
      cause: parsed.error
    })
  return parsed.data
}

/** All that anyone wants to know about a file, so that one answer serves them all. */
const EVERYTHING = ['-show_streams', '-show_format', '-show_chapters', '-show_data_hash', 'sha256']

/** How far ffprobe looks for a picture that comes late, in bytes and microseconds; by default 5 MB. */
const FAR = ['-probesize', '2147483647', '-analyzeduration', '86400000000']

/** Whether a film begins so late that ffprobe did not come to its first picture: the container tells its size, and it decodes. */
async function beginsLate(path: string, { streams }: z.infer<typeof described>, options: RunOptions): Promise<boolean> {
  const unseen = streams.find((one) => one.codec_type === 'video' && one.width > 0 && one.pix_fmt === undefined)
  if (unseen === undefined) return false
  const { frames } = await firstPacketOf(path, unseen.index, options).catch(() => ({ frames: [] }))
  options.signal.throwIfAborted()
  return frames.length > 0
}

/**
 * Streams, format and chapters of a local file; `frames` is empty.
 * @throws MediaError `not-a-video` when it cannot be read as media
 */
export async function describeFile(path: string, options: RunOptions): Promise<ProbeReport> {
  const near = await ffprobe(path, EVERYTHING, described, options)
  const isLate = await beginsLate(path, near, options)
  const found = isLate ? await ffprobe(path, [...FAR, ...EVERYTHING], described, options) : near
  return { ...found, frames: [] }
}

/** What the first packet of a stream is. */
export interface FirstPacket {
  /** Whether it is a key frame; undefined where the stream has no packet. */
  readonly isKey: boolean | undefined
  /** What it decodes to: no frame or one. */
  readonly frames: readonly ProbedFrame[]
}

/**
 * Looks at the first packet of a stream.
 * @throws MediaError `not-a-video` when the file cannot be read as media
 */
export async function firstPacketOf(path: string, stream: number, options: RunOptions): Promise<FirstPacket> {
  const show = ['-select_streams', String(stream), '-show_packets', '-show_frames', '-read_intervals', '%+#1']
  const { packets_and_frames: found } = await ffprobe(path, show, first, options)
  return {
    isKey: found.find(({ type }) => type === 'packet')?.flags.startsWith('K'),
    frames: found.filter(({ type }) => type === 'frame').slice(0, 1)
  }
}

/** The stream of a source that is the film. */
export const filmStream = (
  probed: ProbeReport,
  { videoStream }: Pick<SourceInfo, 'videoStream'>
): ProbedStream | undefined => probed.streams.find((item) => item.index === videoStream)

/** Whether ffmpeg read the file with its Matroska demuxer, which also reads WebM. */
export const isMatroska = (container: string): boolean => container.split(',').includes('matroska')
