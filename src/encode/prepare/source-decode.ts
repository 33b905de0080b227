import { FROM_FIRST_KEY } from './leading.ts'
import { SAME_EVERYWHERE } from '../programs/decode.ts'
import { clockOfVideo } from '../programs/clock.ts'
import { filmStream, type ProbeReport, isMatroska, LOCAL_FILES } from '../programs/ffprobe.ts'
import { wholePictures } from '../programs/program-facts.ts'
import type { RunOptions } from '../programs/run-options.ts'
import { filterWords, type PictureFilters, plainFrames, type SourceInfo } from '../rules/index.ts'

/** How a source is decoded; the same for the truth and for lossless pieces. */
export interface SourceDecode {
  /** The source. */
  readonly file: string
  /** ffmpeg's options up to and including the input. */
  readonly input: readonly string[]
  /** Filters that bring frames into the project's format; undefined when they are in it. */
  readonly convert: string | undefined
  /** These and the frames before them: which of all decoded frames are the film, in its size. Pieces have these frames. */
  readonly filters: string | undefined
  /** These and what is made of the frames of pieces: those that are encoded. */
  readonly encoded: string | undefined
  /** It begins in the middle of a group of pictures. */
  readonly isWithin: boolean
  readonly codec: string
  /** The container's time base for the video, as ffmpeg reports it. */
  readonly timeBase: string
  /** The number of the video stream, as ffprobe counts. */
  readonly stream: number
  /** ffmpeg's last output where the times of frames matter. */
  readonly clock: readonly string[]
  /** The source is damaged: it is decoded with one thread, and its pieces must decode without a complaint. */
  readonly careful: boolean
}

export interface SourceDecodeInit {
  readonly deinterlace: boolean
  /** What is made of the frames before they are encoded. Default: nothing. */
  readonly picture?: PictureFilters | undefined
  readonly careful: boolean
  /** It begins in the middle of a group of pictures, which is not the film's. */
  readonly isWithin: boolean
}

/** Whether ffmpeg's `actual` format has the same samples as `wanted`; `yuvj` differs in name only. */
const sameSamples = (actual: string, wanted: string): boolean => actual.replace('yuvj', 'yuv') === wanted

/** The matrix matters only for RGB; `probeSource` reports the same one. */
function conversion({ video }: SourceInfo): string {
  const range = video.colour.range === 'pc' ? 'full' : 'limited'
  const flags = 'bicubic+accurate_rnd+full_chroma_int+bitexact'
  return `scale=out_range=${range}:out_color_matrix=bt601:flags=${flags},format=${video.pixelFormat}`
}

/** One frame for each, at its own time. Frames that are marked as progressive stay as they are, unless nothing in the stream is marked as interlaced. */
const deinterlaceFilter = ({ fieldOrder }: SourceInfo): string =>
  `bwdif=mode=send_frame:parity=auto:deint=${fieldOrder === undefined ? 'all' : 'interlaced'}`

function joined(...filters: readonly (string | undefined)[]): string | undefined {
  const used = filters.filter((filter) => filter !== undefined)
  return used.length === 0 ? undefined : used.join(',')
}

const conversions = (source: SourceInfo, format: string, deinterlace: boolean): string | undefined =>
  joined(
    deinterlace ? deinterlaceFilter(source) : undefined,
    sameSamples(format, source.video.pixelFormat) ? undefined : conversion(source)
  )

/** @throws MediaError `tool-missing` */
export async function sourceDecode(
  source: SourceInfo,
  probed: ProbeReport,
  init: SourceDecodeInit,
  options: RunOptions
): Promise<SourceDecode> {
  const stream = filmStream(probed, source)
  const wanted = source.video.pixelFormat
  const { picture } = init
  const convert = conversions(source, stream?.pix_fmt ?? wanted, init.deinterlace)
  // Where the size changes within the source, pieces and analysis have to be scaled alike.
  const filters = joined(
    init.isWithin ? FROM_FIRST_KEY : undefined,
    convert,
    picture === undefined ? undefined : plainFrames(picture.from)
  )
  // Matroska keeps its raw times, as mkvmerge reads them for the other streams; elsewhere ffmpeg's clock counts.
  const times = isMatroska(source.container) ? ['-copyts'] : []
  return {
    file: source.path,
    // With more threads decoders conceal damage otherwise each time.
    input: [
      ...(init.careful ? ['-threads', '1'] : []),
      ...SAME_EVERYWHERE,
      ...(await wholePictures(options)),
      '-noautorotate',
      ...LOCAL_FILES,
      ...times,
      '-i',
      `file:${source.path}`
    ],
    convert,
    filters,
    encoded: joined(filters, picture === undefined ? undefined : filterWords(picture)),
    isWithin: init.isWithin,
    codec: stream?.codec_name ?? source.codec,
    timeBase: (stream?.time_base ?? '1/1000').replace('/', ':'),
    stream: source.videoStream,
    clock: clockOfVideo(source, probed),
    careful: init.careful
  }
}
