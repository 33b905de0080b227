import { createReadStream } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  ENCODERS,
  type EncoderParams,
  frameBytes,
  handedVideo,
  type VideoFormat,
  Y4M_FRAME_MARK,
  y4mHeader
} from '../rules/index.ts'
import { ANY_DAMAGE, FFMPEG_QUIET, shiftUp } from '../programs/decode.ts'
import { MediaError } from '../programs/errors.ts'
import { ffprobe } from '../programs/ffprobe.ts'
import { startProcess } from '../programs/process.ts'
import { beginsWithin } from '../prepare/leading.ts'
import { sourceDecode } from '../prepare/source-decode.ts'
import { trialEncode } from '../scene/trial-encode.ts'
import type { RunOptions, SourceInfo } from '../types.ts'

export interface FirstFramesInput {
  readonly params: EncoderParams
  readonly source: SourceInfo
  readonly deinterlace: boolean
}

/** With a single one encoders may make a still picture. */
const FRAMES = 2

/** What refuses does so at once; how long encoding takes is not asked. */
const TRIAL_MS_MAX = 30_000

/** Writes the first frames, one after the other, as the encoder gets them. @returns how many there are */
async function decodeFirst(
  { source, deinterlace }: FirstFramesInput,
  handed: VideoFormat,
  file: string,
  options: RunOptions
): Promise<number> {
  const probed = await ffprobe(source.path, ['-show_streams', '-show_format'], options)
  const isWithin = await beginsWithin(source.path, options)
  const decode = sourceDecode(source, probed, { deinterlace, isWithin, careful: false })
  const filters = [
    ...(decode.filters === undefined ? [] : [decode.filters]),
    ...(handed.pixelFormat === source.video.pixelFormat ? [] : [shiftUp(handed.pixelFormat)])
  ]
  const filter = filters.length === 0 ? [] : ['-vf', filters.join(',')]
  const take = ['-map', '0:V:0', ...filter, '-frames:v', String(FRAMES), '-fps_mode', 'passthrough']
  const args = [...FFMPEG_QUIET, '-y', ...ANY_DAMAGE, ...decode.input, ...take, '-f', 'rawvideo', `file:${file}`]
  const { ended } = startProcess('ffmpeg', args, {
    signal: options.signal,
    fileBytesMax: FRAMES * frameBytes(handed)
  })
  const { stderrTail } = await ended
  const { size } = await stat(file).catch(() => ({ size: 0 }))
  const frames = Math.floor(size / frameBytes(handed))
  if (frames === 0)
    throw new MediaError('not-a-video', 'Not a single frame of the video can be decoded.', { stderrTail })
  return frames
}

/** Raw frames as y4m. */
async function* asY4m(file: string, video: VideoFormat, frames: number): AsyncGenerator<Uint8Array, void, undefined> {
  yield Buffer.from(y4mHeader(video))
  const bytes = frameBytes(video)
  for (let frame = 0; frame < frames; frame += 1) {
    yield Buffer.from(Y4M_FRAME_MARK)
    const part = createReadStream(file, { start: frame * bytes, end: (frame + 1) * bytes - 1 })
    yield* part as AsyncIterable<Uint8Array>
  }
}

/**
 * Encodes the first frames of a source with a project's parameters. What takes longer than half a minute was not refused, and is taken to work.
 * @throws MediaError `not-a-video` when there are none, `encode-failed` with the encoder's own words, or `tool-missing`
 */
export async function tryFirstFrames(input: FirstFramesInput, options: RunOptions): Promise<void> {
  const { params, source } = input
  const late = AbortSignal.timeout(TRIAL_MS_MAX)
  const signal = AbortSignal.any([options.signal, late])
  const folder = await mkdtemp(join(tmpdir(), 'grav1-first-'))
  try {
    const file = join(folder, 'frames')
    const handed = handedVideo(ENCODERS[params.encoder], params, source.video)
    const frames = await decodeFirst(input, handed, file, { signal })
    const clip = { video: source.video, frames, y4m: (video: VideoFormat) => asY4m(file, video, frames) }
    await trialEncode(params, clip, () => {}, { signal })
  } catch (error) {
    if (!late.aborted || options.signal.aborted) throw error
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
