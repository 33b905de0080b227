import { open, stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import {
  type Colour,
  fileKindSentence,
  nearestPixelFormat,
  pictureSentence,
  pixelLayout,
  type Rational,
  SIDE_PIXELS_MAX,
  type VideoFormat,
  type SourceInfo
} from '../rules/index.ts'
import { encryptedVideo, isEncrypted } from '../programs/encrypted.ts'
import { MediaError } from '../programs/errors.ts'
import { describeFile, firstPacketOf, type ProbedStream, type ProbeReport } from '../programs/ffprobe.ts'
import { fieldOrderOf, lostMetadata, sourceWarnings } from './source-warnings.ts'
import { findFilm } from './video-track.ts'
import type { RunOptions } from '../programs/run-options.ts'

/** Enough to tell what kind of file it is. */
const HEAD_BYTES = 512

const FPS_DEFAULT: Rational = { num: 25, den: 1 }
const FPS_MAX = 1000

/** A fraction such as `30000/1001` or `16:15`; undefined unless it is positive. */
function fraction(text: string | undefined): Rational | undefined {
  const match = /^(\d{1,9})[/:](\d{1,9})$/.exec(text ?? '')
  const num = Number(match?.[1])
  const den = Number(match?.[2])
  return num > 0 && den > 0 ? { num, den } : undefined
}

const valueOf = (rational: Rational): number => rational.num / rational.den

/** The base rate where it agrees with the average (which rounding of times blurs), otherwise the average. */
function frameRate(stream: ProbedStream): Rational {
  const base = fraction(stream.r_frame_rate)
  const average = fraction(stream.avg_frame_rate)
  const chosen =
    base !== undefined && (average === undefined || Math.abs(valueOf(base) / valueOf(average) - 1) < 0.01)
      ? base
      : average
  return chosen !== undefined && valueOf(chosen) <= FPS_MAX ? chosen : FPS_DEFAULT
}

const known = (name: string | undefined): string | undefined =>
  name === undefined || name === 'unknown' || name === 'reserved' || name === 'unspecified' ? undefined : name

function colourOf(stream: ProbedStream, pixelFormat: string): Colour {
  // Pictures without a matrix (RGB) are converted with ffmpeg's default one.
  const rgb = /rgb|bgr|gbr|pal8|mono[wb]/.test(pixelFormat)
  return {
    primaries: known(stream.color_primaries),
    transfer: known(stream.color_transfer),
    matrix: rgb ? 'smpte170m' : known(stream.color_space),
    range: rgb ? 'tv' : pixelFormat.startsWith('yuvj') ? 'pc' : known(stream.color_range)
  }
}

function videoFormat(stream: ProbedStream): VideoFormat {
  const { width, height } = stream
  if (width < 1 || height < 1 || stream.pix_fmt === undefined)
    throw new MediaError(
      'not-a-video',
      'The video stream cannot be decoded: ffmpeg finds no picture of it at the beginning of the file.'
    )
  if (Math.max(width, height) > SIDE_PIXELS_MAX) {
    throw new MediaError(
      'unsupported',
      `The video is ${width}x${height}; the limit is ${SIDE_PIXELS_MAX} pixels a side.`
    )
  }
  const pixelFormat = nearestPixelFormat(stream.pix_fmt)
  const bitDepth = pixelLayout(pixelFormat)?.bitDepth ?? 8
  return { width, height, pixelFormat, bitDepth, fps: frameRate(stream), colour: colourOf(stream, stream.pix_fmt) }
}

function noVideo(probed: ProbeReport): MediaError {
  const has = (type: string): boolean => probed.streams.some((stream) => stream.codec_type === type)
  if (has('video')) return new MediaError('no-video-stream', 'The file holds a cover picture, but no video.')
  if (has('audio')) return new MediaError('no-video-stream', 'The file holds audio, but no video.')
  return new MediaError('no-video-stream', 'The file holds no video.')
}

/** ffprobe's words about a file that is not a video do not help. */
async function describe(path: string, options: RunOptions): Promise<ProbeReport> {
  try {
    const probed = await describeFile(path, options)
    const picture = pictureSentence(await headOf(path))
    if (picture !== undefined) throw new MediaError('not-a-video', picture)
    return probed
  } catch (error) {
    options.signal.throwIfAborted()
    const sentence = fileKindSentence(await headOf(path))
    if (sentence === undefined) throw error
    throw new MediaError(/audio/.test(sentence) ? 'no-video-stream' : 'not-a-video', sentence, { cause: error })
  }
}

async function headOf(path: string): Promise<Uint8Array> {
  const file = await open(path)
  try {
    const head = new Uint8Array(HEAD_BYTES)
    return head.subarray(0, (await file.read(head, 0, HEAD_BYTES, 0)).bytesRead)
  } finally {
    await file.close()
  }
}

async function checkFile(path: string): Promise<{ bytes: number; mtimeMs: number }> {
  const found = await stat(path).catch((error: unknown) => {
    throw new MediaError('not-found', `${basename(path)} cannot be read.`, { cause: error })
  })
  if (found.isDirectory()) throw new MediaError('not-a-video', `${basename(path)} is a folder.`)
  if (!found.isFile()) throw new MediaError('not-a-video', `${basename(path)} is not a file.`)
  if (found.size === 0) throw new MediaError('not-a-video', `${basename(path)} is empty.`)
  return { bytes: found.size, mtimeMs: found.mtimeMs }
}

/** The first frame of the video; none where it cannot be decoded. */
async function firstFrame(path: string, stream: number, options: RunOptions): Promise<ProbeReport['frames']> {
  try {
    return (await firstPacketOf(path, stream, options)).frames
  } catch {
    options.signal.throwIfAborted()
    return []
  }
}

export interface ProbeSourceOptions extends RunOptions {
  /** Which of the video tracks is the film, from 1. Default: the first that is not a picture. */
  readonly videoTrack?: number | undefined
}

/**
 * Looks at a source file without decoding more than its first frame.
 * @throws MediaError `not-found`, `not-a-video`, `no-video-stream`, `no-such-track` or `unsupported`
 */
export async function probeSource(file: string, { videoTrack, ...options }: ProbeSourceOptions): Promise<SourceInfo> {
  const path = resolve(file)
  const { bytes, mtimeMs } = await checkFile(path)
  const probed = await describe(path, options)
  const film = await findFilm(path, probed, videoTrack, options)
  if (film === undefined) throw noVideo(probed)
  const { stream, notes } = film
  if (await isEncrypted(path, probed.format?.format_name ?? '', stream.index)) throw encryptedVideo()
  const video = videoFormat(stream)
  const frames = await firstFrame(path, stream.index, options)
  const durationSeconds = Math.max(Number(stream.duration ?? probed.format?.duration ?? 0) || 0, 0)
  const counted = Number(stream.nb_frames ?? 0) || Math.round(durationSeconds * valueOf(video.fps))
  const count = (type: string): number => probed.streams.filter((item) => item.codec_type === type).length
  return {
    path,
    bytes,
    mtimeMs,
    container: probed.format?.format_name ?? '',
    videoStream: stream.index,
    codec: stream.codec_name,
    video,
    sampleAspect: fraction(stream.sample_aspect_ratio) ?? { num: 1, den: 1 },
    framesEstimated: Math.max(counted, 1),
    durationSeconds,
    fieldOrder: fieldOrderOf(stream, frames[0]),
    warnings: [...notes, ...sourceWarnings({ ...probed, frames }, stream)],
    lost: lostMetadata({ ...probed, frames }, stream),
    otherStreams: { audio: count('audio'), subtitle: count('subtitle'), attachment: count('attachment') }
  }
}
