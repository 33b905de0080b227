import { FFMPEG_QUIET } from './decode.ts'
import { isMatroska, LOCAL_FILES, type ProbeReport, startShiftMs } from './ffprobe.ts'
import { expectSuccess, startProcess } from './process.ts'
import type { RunOptions, SourceInfo } from './types.ts'

/** Added to all times of the remuxed streams, so that none is negative in between, and taken off again by mkvmerge. */
const SHIFT_MS = 10_000

/** Subtitles that Matroska carries; MP4's `mov_text` becomes SubRip. Teletext and closed captions do not fit. */
const SUBTITLES = new Set(
  'subrip srt ass ssa webvtt text hdmv_pgs_subtitle hdmv_text_subtitle dvd_subtitle dvb_subtitle mov_text'.split(' ')
)

/** Where mkvmerge gets everything from that is not the video; empty when there is nothing. */
export type OtherStreams = readonly string[]

/** Streams of the source that the output gets too. */
export const keptStreams = (probed: ProbeReport): ProbeReport['streams'] =>
  probed.streams.filter(
    (stream) =>
      (stream.codec_type === 'audio' && stream.codec_name !== '') ||
      (stream.codec_type === 'subtitle' && SUBTITLES.has(stream.codec_name))
  )

/**
 * mkvmerge reads Matroska sources itself, with their raw times. Everything else goes through ffmpeg first, which sets times relative to the container's start, as the
 * analysis did for the video.
 */
export async function otherStreams(
  source: SourceInfo,
  probed: ProbeReport,
  file: string,
  { signal }: RunOptions
): Promise<OtherStreams> {
  if (isMatroska(source.container)) return ['--no-video', source.path]
  const kept = keptStreams(probed)
  if (kept.length === 0) return []
  const maps = kept.flatMap((stream) => ['-map', `0:${stream.index}`])
  const codecs = kept
    .filter((stream) => stream.codec_type === 'subtitle')
    .flatMap((stream, n) => (stream.codec_name === 'mov_text' ? [`-c:s:${n}`, 'srt'] : []))
  const times = ['-output_ts_offset', `${SHIFT_MS}ms`, '-avoid_negative_ts', 'disabled', '-max_interleave_delta', '0']
  const input = [...LOCAL_FILES, '-i', `file:${source.path}`]
  const carried = [
    '-map_metadata',
    '0',
    '-map_chapters',
    '0',
    '-c',
    'copy',
    ...codecs,
    ...times,
    '-fflags',
    '+bitexact'
  ]
  const running = startProcess(
    'ffmpeg',
    [...FFMPEG_QUIET, '-y', ...input, ...maps, ...carried, '-f', 'matroska', `file:${file}`],
    { signal }
  )
  expectSuccess(await running.ended, 'ffmpeg', 'join-failed')
  return ['--no-video', '--sync', `-1:${Math.round(startShiftMs(probed, kept)) - SHIFT_MS}`, file]
}
