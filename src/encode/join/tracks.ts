import type { SourceTrack, SourceInfo } from '../rules/index.ts'
import { describeFile, isMatroska, type ProbedStream, type ProbeReport } from '../programs/ffprobe.ts'
import type { RunOptions } from '../programs/run-options.ts'

/** Subtitles that Matroska carries; MP4's `mov_text` becomes SubRip. Teletext and closed captions do not fit. */
const SUBTITLES = new Set(
  'subrip srt ass ssa webvtt text hdmv_pgs_subtitle hdmv_text_subtitle dvd_subtitle dvb_subtitle mov_text'.split(' ')
)

/** Attachments exist in Matroska only, where pictures among them pass for video. */
function typeOf(stream: ProbedStream, matroska: boolean): SourceTrack['type'] | undefined {
  const { codec_type: type, codec_name: codec } = stream
  if (type === 'audio') return matroska || codec !== '' ? 'audio' : undefined
  if (type === 'subtitle') return matroska || SUBTITLES.has(codec) ? 'subtitle' : undefined
  if (!matroska) return undefined
  return type === 'attachment' || (type === 'video' && stream.disposition['attached_pic'] === 1)
    ? 'attachment'
    : undefined
}

/** The streams that the output gets besides the video, unless they are dropped. */
export function tracksOf(container: string, probed: ProbeReport): SourceTrack[] {
  const matroska = isMatroska(container)
  return probed.streams.flatMap((stream): SourceTrack[] => {
    const type = typeOf(stream, matroska)
    if (type === undefined) return []
    const title = stream.tags[type === 'attachment' ? 'filename' : 'title'] ?? ''
    const { index, codec_name: codec, channels, channel_layout: layout } = stream
    const sampleBits = Number(stream.bits_per_raw_sample ?? 0) || (stream.bits_per_sample ?? 0)
    const language = stream.tags['language'] ?? ''
    return [{ type, index, codec, channels, layout, title, language, sampleFormat: stream.sample_fmt, sampleBits }]
  })
}

/** The streams of a source besides its video that can be carried over. @throws MediaError `not-a-video` */
export async function probeTracks(source: SourceInfo, options: RunOptions): Promise<SourceTrack[]> {
  return tracksOf(source.container, await describeFile(source.path, options))
}
