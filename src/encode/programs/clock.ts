import { filmStream, isMatroska, type ProbedStream, type ProbeReport } from './ffprobe.ts'
import type { SourceInfo } from '../rules/index.ts'

type ClockSource = Pick<SourceInfo, 'container' | 'videoStream'>

/** Streams that ffmpeg's clock goes by, besides the video: all that have a time and that it knows. */
const others = (probed: ProbeReport): readonly ProbedStream[] =>
  probed.streams.filter(
    ({ codec_name: codec, codec_type: type }) => codec !== '' && (type === 'audio' || type === 'subtitle')
  )

const read = (streams: readonly ProbedStream[]): string[] =>
  streams.length === 0
    ? []
    : [...streams.flatMap(({ index }) => ['-map', `0:${index}`]), '-c', 'copy', '-f', 'null', '-']

/**
 * An output of ffmpeg that writes nothing, for a run that uses the video alone. ffmpeg starts its clock with the first of the streams that it reads, and takes a jump of the times out
 * by whichever of them jumps first. So every run over a source reads the same streams, and its picture and its sound have one clock. Matroska's times are taken raw.
 */
export const clockOfVideo = (source: ClockSource, probed: ProbeReport): string[] =>
  isMatroska(source.container) ? [] : read(others(probed))

/** The same for a run that uses other streams. */
export function clockOfOthers(source: ClockSource, probed: ProbeReport): string[] {
  if (isMatroska(source.container)) return []
  const video = filmStream(probed, source)
  return read([...(video === undefined ? [] : [video]), ...others(probed)])
}
