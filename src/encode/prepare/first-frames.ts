import { stat } from 'node:fs/promises'
import { frameBytes, type PictureFilters, type SourceInfo, type VideoFormat } from '../rules/index.ts'
import { ANY_DAMAGE, FFMPEG_QUIET, shiftUp } from '../programs/decode.ts'
import { MediaError } from '../programs/errors.ts'
import { describeFile } from '../programs/ffprobe.ts'
import { startProcess } from '../programs/process.ts'
import type { RunOptions } from '../programs/run-options.ts'
import { beginsWithin } from './leading.ts'
import { sourceDecode } from './source-decode.ts'

export interface FirstFramesInput {
  readonly source: SourceInfo
  readonly deinterlace: boolean
  /** What is made of the frames. Default: nothing. */
  readonly picture?: PictureFilters | undefined
  /** The encoder's input format: that of the encoded picture, or a deeper one. */
  readonly handed: VideoFormat
  readonly frames: number
  /** Where the raw frames go, one after the other. */
  readonly file: string
}

/**
 * Writes the first frames of a source as a scene of it would have them.
 * @returns how many there are, no more than asked for
 * @throws MediaError `not-a-video` when there are none
 */
export async function writeFirstFrames(
  { source, deinterlace, picture, handed, frames, file }: FirstFramesInput,
  options: RunOptions
): Promise<number> {
  const probed = await describeFile(source.path, options)
  const isWithin = await beginsWithin(source, options)
  const decode = await sourceDecode(source, probed, { deinterlace, picture, isWithin, careful: false }, options)
  const made = picture?.to ?? source.video
  const filters = [
    ...(decode.encoded === undefined ? [] : [decode.encoded]),
    ...(handed.pixelFormat === made.pixelFormat ? [] : [shiftUp(made, handed)])
  ]
  const filter = filters.length === 0 ? [] : ['-vf', filters.join(',')]
  const take = ['-map', `0:${decode.stream}`, ...filter, '-frames:v', String(frames), '-fps_mode', 'passthrough']
  const args = [...FFMPEG_QUIET, '-y', ...ANY_DAMAGE, ...decode.input, ...take, '-f', 'rawvideo', `file:${file}`]
  const fileBytesMax = frames * frameBytes(handed)
  const init = { signal: options.signal, reads: [source.path], writes: [file], fileBytesMax }
  const { stderrTail } = await startProcess('ffmpeg', args, init).ended
  options.signal.throwIfAborted()
  const { size } = await stat(file).catch(() => ({ size: 0 }))
  const written = Math.floor(size / frameBytes(handed))
  if (written === 0)
    throw new MediaError('not-a-video', 'Not a single frame of the video can be decoded.', { stderrTail })
  return written
}
