import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { Readable, Writable } from 'node:stream'
import {
  type FrameFormat,
  type PictureFilters,
  plainFrames,
  shiftedUp,
  withFilters,
  Y4M_HEADER_BYTES_MAX
} from '../rules/index.ts'
import { PIECE_DECODERS } from './decoders.ts'
import { readFrameHashes, FRAME_HASH_OUTPUT } from './frame-hash.ts'
import { type MediaProcess, startProcess } from './process.ts'
import type { RunOptions } from './run-options.ts'

/** Which frames of a source piece are decoded. */
export interface PieceFrames {
  readonly pieceFile: string
  readonly skip: number
  readonly frames: number
  /** What is made of them. Default: nothing. */
  readonly filters?: PictureFilters | undefined
}

/** Where decoded frames go: an input that is handed over, an open file by its descriptor, or a pipe to here. */
export type Y4mTarget = Writable | number | 'pipe'

/** A running decode of a piece. */
export interface PieceDecode {
  readonly process: MediaProcess
  /** The decoded frames' hashes, once all are read. */
  readonly hashes: Promise<readonly string[]>
  /** What the decoder says of the y4m's format, as a y4m header without its newline; empty where it says nothing. */
  readonly header: Promise<string>
}

/** MPEG-2, MPEG-4 and MJPEG decode by this inverse transform to the same samples on every processor; by default those of ARM differ from those of x86. */
export const SAME_EVERYWHERE: readonly string[] = ['-idct', 'simple']

/** A decode whose number of threads may be set. Default: what ffmpeg takes, which is more than one for each core. */
interface DecodeThreads {
  readonly threads?: number | undefined
}

/** ffmpeg's input options for a source piece: nothing but a local Matroska file of a codec that pieces have, whatever the bytes claim to be. */
export const pieceInput = (file: string, { threads }: DecodeThreads = {}): string[] => [
  ...(threads === undefined ? [] : ['-threads', String(threads)]),
  ...SAME_EVERYWHERE,
  '-max_pixels',
  '268435456',
  '-noautorotate',
  '-protocol_whitelist',
  'pipe,file',
  '-format_whitelist',
  'matroska',
  '-codec_whitelist',
  PIECE_DECODERS,
  '-f',
  'matroska',
  '-i',
  `file:${file}`
]

export const FFMPEG_QUIET: readonly string[] = ['-v', 'error', '-nostdin', '-hide_banner']

/** ffmpeg treats a decode as failed when two thirds of it were damaged; the user decides whether the result is good enough. */
export const ANY_DAMAGE: readonly string[] = ['-max_error_rate', '1']

const takeFrames = (label: string, frames: number): string[] => [
  '-map',
  label,
  '-frames:v',
  String(frames),
  '-fps_mode',
  'passthrough'
]

const framesOf = ({ skip, filters }: PieceFrames, input: number): string =>
  withFilters(`[${input}:v:0]select=gte(n\\,${skip})`, filters)

/** More than any film lasts, in seconds. */
const NEVER = '1000000000'

/** ffmpeg's output options for y4m on its stdout without a header, which goes to descriptor 4: of its muxers only that for segments writes the two to different places, and one segment is everything. */
const Y4M_OUTPUT: readonly string[] = [
  '-c:v',
  'wrapped_avframe',
  '-f',
  'segment',
  '-segment_time',
  NEVER,
  '-segment_format',
  'yuv4mpegpipe',
  '-segment_format_options',
  'strict=-1',
  '-segment_header_filename',
  'pipe:4',
  '-segment_start_number',
  '1',
  'pipe:%d'
]

/** The first line, without its newline. */
async function headerIn(stream: Readable): Promise<string> {
  let header = ''
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      header += chunk.toString('latin1')
      if (header.includes('\n') || header.length > Y4M_HEADER_BYTES_MAX) break
    }
  } catch {
    // The program's end tells why.
  }
  return header.split('\n', 1)[0] ?? ''
}

/** Filters that add bits only by shifting samples up, whatever the frames say of their range. */
export const shiftUp = (from: FrameFormat, to: FrameFormat): string =>
  `${plainFrames(from)},${shiftedUp(to.pixelFormat)}`

/**
 * Decodes frames of a piece and makes of them what the project encodes. This one function serves the owner's proof that a piece is exact and the worker's encode, so that
 * both see the same frames; the hashes come from the same decode as the y4m that goes to `init.y4m`, which is handed over, to an open file, or to the process's own stdout, and
 * are those of the frames before they are shifted up. The y4m has no header: it comes apart.
 */
export function startPieceDecode(
  piece: PieceFrames,
  init: RunOptions &
    DecodeThreads & {
      readonly y4m: Y4mTarget | undefined
      /** Default that of all programs but encodes. */
      readonly nice?: number
      /** Of a file that the y4m goes to. Default: any. */
      readonly fileBytesMax?: number
      /** The y4m's format, where it is deeper than the frames: samples are shifted up to it. */
      readonly shifted?: { readonly from: FrameFormat; readonly to: FrameFormat } | undefined
    }
): PieceDecode {
  const { y4m, shifted } = init
  const made = framesOf(piece, 0)
  const handed = shifted === undefined ? 'null' : shiftUp(shifted.from, shifted.to)
  const graph = y4m === undefined ? `${made}[h]` : `${made},split=2[h][s];[s]${handed}[y]`
  const take = (label: string): string[] => takeFrames(label, piece.frames)
  const frames = y4m === undefined ? [] : [...take('[y]'), ...Y4M_OUTPUT]
  const hashes = [...take('[h]'), ...FRAME_HASH_OUTPUT, 'pipe:3']
  const args = [...FFMPEG_QUIET, ...pieceInput(piece.pieceFile, init), '-filter_complex', graph, ...frames, ...hashes]
  const running = startProcess('ffmpeg', args, {
    signal: init.signal,
    stdout: y4m ?? 'ignore',
    extra: true,
    frames: y4m !== undefined,
    ...(init.nice === undefined ? {} : { nice: init.nice }),
    ...(init.fileBytesMax === undefined ? {} : { fileBytesMax: init.fileBytesMax }),
    reads: [piece.pieceFile]
  })
  const header = y4m === undefined ? Promise.resolve('') : headerIn(running.frames)
  return { process: running, hashes: collectHashes(running), header }
}

/** A piece whose frames are hashed into a file. */
export type HashedPiece = PieceFrames & { readonly hashFile: string }

/**
 * Decodes several pieces in one start of ffmpeg, as `startPieceDecode` decodes each. The hash files are gone afterwards.
 * @returns the hashes of each piece's frames; undefined where any of them cannot be decoded, or ffmpeg complained
 */
export async function hashPieces(
  pieces: readonly HashedPiece[],
  init: RunOptions & DecodeThreads
): Promise<readonly (readonly string[])[] | undefined> {
  const inputs = pieces.flatMap(({ pieceFile }) => pieceInput(pieceFile, init))
  const graph = pieces.map((piece, n) => `${framesOf(piece, n)}[h${n}]`).join(';')
  const outputs = pieces.flatMap(({ frames, hashFile }, n) => [
    ...takeFrames(`[h${n}]`, frames),
    ...FRAME_HASH_OUTPUT,
    `file:${hashFile}`
  ])
  const hashFiles = pieces.map(({ hashFile }) => hashFile)
  try {
    const args = [...FFMPEG_QUIET, '-y', ...inputs, '-filter_complex', graph, ...outputs]
    const reads = pieces.map(({ pieceFile }) => pieceFile)
    const { code, stderrTail } = await startProcess('ffmpeg', args, { signal: init.signal, reads, writes: hashFiles })
      .ended
    if (code !== 0 || stderrTail !== '') return undefined
    return await Promise.all(hashFiles.map(async (file) => hashesIn(createReadStream(file))))
  } finally {
    await Promise.all(hashFiles.map(async (file) => rm(file, { force: true })))
  }
}

async function hashesIn(stream: Readable): Promise<readonly string[]> {
  const hashes: string[] = []
  for await (const frame of readFrameHashes(stream)) hashes.push(frame.hash)
  return hashes
}

/** The hashes that a program tells on its further output. */
export function collectHashes(running: MediaProcess): Promise<readonly string[]> {
  const collected = hashesIn(running.extra)
  collected.catch(() => {})
  return collected
}
