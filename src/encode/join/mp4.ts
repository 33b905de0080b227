import { dirname } from 'node:path'
import { type DisplayMatrix, mp4TimeScale, type PictureHeader, type Rational } from '../rules/index.ts'
import { FFMPEG_QUIET } from '../programs/decode.ts'
import { describeFile } from '../programs/ffprobe.ts'
import { writeMatrix } from './mp4-matrix.ts'
import { packetUnit } from './packet-unit.ts'
import { expectSuccess, startProcess } from '../programs/process.ts'
import type { RunOptions } from '../programs/run-options.ts'

export interface Mp4Input {
  /** The finished film as Matroska, with times in microseconds. */
  readonly film: string
  readonly target: string
  readonly timestampsMs: readonly number[]
  readonly fps: Rational
  /** Description of the video, in Matroska's terms. */
  readonly header: PictureHeader
  /** How players turn it. */
  readonly matrix: DisplayMatrix | undefined
}

/** ffmpeg takes the size of a picture of two for that of one. */
function aspectOptions({ stereo_mode: mode, display_dimensions: size }: PictureHeader): string[] {
  const isFlat = mode === undefined || mode === 0
  return isFlat || size === undefined ? [] : ['-aspect:v', String(size).replace('x', ':')]
}

/** How long the last frame is shown, where the film's own rate does not say it: as long as the one before. MP4 hides a frame that is shown for no time. */
function lastFrameOptions(
  { default_duration: lastsNs }: PictureHeader,
  timestampsMs: readonly number[],
  fps: Rational,
  unit: string
): string[] {
  if (lastsNs !== undefined) return []
  const [before, last] = timestampsMs.slice(-2)
  const seconds = before === undefined || last === undefined ? fps.den / fps.num : (last - before) / 1000
  return ['-bsf:v', `setts=pts=PTS:dts=DTS:duration=round(${seconds.toFixed(6)}/${unit})`]
}

/**
 * Writes the film as MP4: the same packets, text subtitles as `mov_text`, the index first. Matroska's clock of microseconds and a time scale that suits the frames give exact times.
 * @throws MediaError `join-failed`
 */
export async function writeMp4(
  { film, target, timestampsMs, fps, header, matrix }: Mp4Input,
  { signal }: RunOptions
): Promise<void> {
  const { streams } = await describeFile(film, { signal })
  // MP4 has no titles of tracks; players show the handler's name.
  const titles = streams.flatMap(({ index, tags }) =>
    tags['title'] === undefined ? [] : [`-metadata:s:${index}`, `handler_name=${tags['title']}`]
  )
  const ticksPerSecond = mp4TimeScale(timestampsMs, fps)
  const unit = await packetUnit(ticksPerSecond, dirname(film), { signal })
  const input = ['-copyts', '-protocol_whitelist', 'file,pipe', '-f', 'matroska', '-i', `file:${film}`]
  const what = [
    '-map',
    '0',
    '-c',
    'copy',
    '-c:s',
    'mov_text',
    ...titles,
    ...aspectOptions(header),
    ...lastFrameOptions(header, timestampsMs, fps, unit),
    '-strict',
    '-2',
    '-fflags',
    '+bitexact'
  ]
  const scale = String(ticksPerSecond)
  const times = ['-video_track_timescale', scale, '-movie_timescale', scale]
  const args = [...FFMPEG_QUIET, '-y', ...input, ...what, ...times, '-movflags', '+faststart+write_colr', '-f', 'mp4']
  const given = { reads: [film], writes: [target] }
  const running = startProcess('ffmpeg', [...args, `file:${target}`], { signal, ...given })
  expectSuccess(await running.ended, 'ffmpeg', 'join-failed')
  if (matrix !== undefined) await writeMatrix(target, matrix)
}
