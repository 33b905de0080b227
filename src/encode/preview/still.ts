import { FFMPEG_QUIET } from '../programs/decode.ts'
import { SCENE_DECODERS } from '../programs/decoders.ts'
import { MediaError } from '../programs/errors.ts'
import { expectSuccess, startProcess } from '../programs/process.ts'
import type { RunOptions } from '../programs/run-options.ts'

/** One frame of an encoded scene or of a clip for players. */
export interface StillInput {
  readonly file: string
  /** `ivf`: a scene; `webm`: a clip that this node made. */
  readonly form: 'ivf' | 'webm'
  /** From 0. */
  readonly frame: number
}

/** Sides of the picture at the most. */
const SIDE_MAX = 640
const BYTES_MAX = 512 * 1024

/** A frame as a small JPEG. @throws MediaError `bad-segment` when there is no such frame */
export async function makeStill({ file, form, frame }: StillInput, { signal }: RunOptions): Promise<Uint8Array> {
  const demuxer = form === 'ivf' ? 'ivf' : 'matroska'
  const allowed = ['-format_whitelist', form === 'ivf' ? 'ivf' : 'matroska,webm', '-codec_whitelist', SCENE_DECODERS]
  const input = ['-protocol_whitelist', 'pipe,file', ...allowed, '-f', demuxer, '-i', `file:${file}`]
  const size = `scale=w=min(iw\\,${SIDE_MAX}):h=min(ih\\,${SIDE_MAX}):force_original_aspect_ratio=decrease`
  const filters = `select=eq(n\\,${frame}),${size},setsar=1,format=yuvj420p`
  const output = ['-map', '0:v:0', '-vf', filters, '-frames:v', '1', '-c:v', 'mjpeg', '-q:v', '4', '-f', 'image2pipe']
  const args = [...FFMPEG_QUIET, ...input, ...output, 'pipe:1']
  const running = startProcess('ffmpeg', args, { signal, stdout: 'pipe', reads: [file] })
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of running.stdout as AsyncIterable<Uint8Array>) {
    bytes += part.length
    if (bytes <= BYTES_MAX) parts.push(part)
  }
  expectSuccess(await running.ended, 'ffmpeg', 'bad-segment')
  if (bytes === 0 || bytes > BYTES_MAX) throw new MediaError('bad-segment', `There is no picture of frame ${frame}.`)
  return Buffer.concat(parts)
}
