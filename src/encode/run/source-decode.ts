import { type ProbeReport, isMatroska, LOCAL_FILES, mainVideo, startShiftMs } from './ffprobe.ts'
import type { SourceInfo } from './types.ts'

/** How a source is decoded; the same for the truth and for lossless pieces. */
export interface SourceDecode {
  /** ffmpeg's options up to and including the input. */
  readonly input: readonly string[]
  /** A filter that brings frames into the project's pixel format; undefined when they are in it. */
  readonly convert: string | undefined
  readonly codec: string
  /** To be added to the times of decoded frames. */
  readonly shiftMs: number
}

/** Whether ffmpeg's `actual` format has the same samples as `wanted`; `yuvj` differs in name only. */
const sameSamples = (actual: string, wanted: string): boolean => actual.replace('yuvj', 'yuv') === wanted

/** The matrix matters only for RGB; `probeSource` reports the same one. */
function conversion({ video }: SourceInfo): string {
  const range = video.colour.range === 'pc' ? 'full' : 'limited'
  const flags = 'bicubic+accurate_rnd+full_chroma_int+bitexact'
  return `scale=out_range=${range}:out_color_matrix=bt601:flags=${flags},format=${video.pixelFormat}`
}

export function sourceDecode(source: SourceInfo, probed: ProbeReport): SourceDecode {
  const stream = mainVideo(probed)
  const wanted = source.video.pixelFormat
  // Matroska keeps its raw times, as mkvmerge reads them for the other streams; elsewhere ffmpeg's clock starts with the container.
  const times = isMatroska(source.container) ? ['-copyts'] : []
  return {
    input: ['-noautorotate', ...LOCAL_FILES, ...times, '-i', `file:${source.path}`],
    convert: sameSamples(stream?.pix_fmt ?? wanted, wanted) ? undefined : conversion(source),
    codec: stream?.codec_name ?? source.codec,
    shiftMs: stream === undefined ? 0 : startShiftMs(probed, [stream])
  }
}
