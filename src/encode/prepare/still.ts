import { MediaError } from '../programs/errors.ts'
import { ANY_DAMAGE, FFMPEG_QUIET } from '../programs/decode.ts'
import { describeFile } from '../programs/ffprobe.ts'
import { expectSuccess, startProcess } from '../programs/process.ts'
import type { RunOptions } from '../programs/run-options.ts'
import type { FoundBars, SourceInfo } from '../rules/index.ts'
import { measuredEvery } from './find-bars.ts'
import { sourceDecode } from './source-decode.ts'

/** Pixels across: enough to see where a picture ends. */
const WIDTH = 480

/** A picture of this size does not become larger. */
const BYTES_MAX = 1024 * 1024

/**
 * The brightest measured frame of a source, or one near it, as a small JPEG of the whole picture.
 * @throws MediaError `not-a-video` where it cannot be decoded
 */
export async function stillOfBars(source: SourceInfo, bars: FoundBars, options: RunOptions): Promise<Buffer> {
  const probed = await describeFile(source.path, options)
  const how = { deinterlace: false, isWithin: false, careful: false }
  const { input, stream } = await sourceDecode(source, probed, how, options)
  const { num, den } = source.video.fps
  const seconds = (bars.brightest * measuredEvery(source) * den) / num
  const from = [...input.slice(0, -2), '-ss', seconds.toFixed(3), ...input.slice(-2)]
  const made = ['-map', `0:${stream}`, '-frames:v', '1', '-vf', `scale=${WIDTH}:-2,format=yuvj420p`, '-q:v', '6']
  const args = [...FFMPEG_QUIET, ...ANY_DAMAGE, ...from, ...made, '-f', 'mjpeg', 'pipe:1']
  const running = startProcess('ffmpeg', args, { ...options, stdout: 'pipe', reads: [source.path] })
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of running.stdout as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes > BYTES_MAX) running.kill()
    else parts.push(part)
  }
  expectSuccess(await running.ended, 'ffmpeg', 'not-a-video')
  if (bytes === 0) throw new MediaError('not-a-video', 'The frame cannot be decoded.')
  return Buffer.concat(parts)
}
