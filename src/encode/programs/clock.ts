import { isMatroska, mainVideo, type ProbedStream, type ProbeReport } from './ffprobe.ts'

/** Streams that ffmpeg's clock goes by, besides the video: all that have a time and that it knows. */
function others(probed: ProbeReport): readonly ProbedStream[] {
  const video = mainVideo(probed)
  return probed.streams.filter(
    (stream) =>
      stream !== video &&
      stream.codec_name !== '' &&
      (stream.codec_type === 'audio' || stream.codec_type === 'subtitle')
  )
}

const read = (streams: readonly ProbedStream[]): string[] =>
  streams.length === 0
    ? []
    : [...streams.flatMap(({ index }) => ['-map', `0:${index}`]), '-c', 'copy', '-f', 'null', '-']

/**
 * An output of ffmpeg that writes nothing, for a run that uses the video alone. ffmpeg starts its clock with the first of the streams that it reads, and takes a jump of the times out
 * by whichever of them jumps first. So every run over a source reads the same streams, and its picture and its sound have one clock. Matroska's times are taken raw.
 */
export const clockOfVideo = (container: string, probed: ProbeReport): string[] =>
  isMatroska(container) ? [] : read(others(probed))

/** The same for a run that uses other streams. */
export function clockOfOthers(container: string, probed: ProbeReport): string[] {
  if (isMatroska(container)) return []
  const video = mainVideo(probed)
  return read([...(video === undefined ? [] : [video]), ...others(probed)])
}
