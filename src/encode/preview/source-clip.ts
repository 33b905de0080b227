import { type PictureFilters, type SourceInfo, type VideoFormat, filterWords } from '../rules/index.ts'
import { ANY_DAMAGE, FFMPEG_QUIET, pieceInput } from '../programs/decode.ts'
import { MediaError } from '../programs/errors.ts'
import { describeFile } from '../programs/ffprobe.ts'
import { FRAME_HASH_OUTPUT, hashOfFrames, readFrameHashes } from '../programs/frame-hash.ts'
import { expectSuccess, startProcess } from '../programs/process.ts'
import { beginsWithin } from '../prepare/leading.ts'
import { sourceDecode, type SourceDecode } from '../prepare/source-decode.ts'
import type { RunOptions } from '../programs/run-options.ts'

/** The frames that a scene is encoded from, and where to put them. */
interface Clip {
  readonly frames: number
  /** What their hashes have to make. */
  readonly inputHash: string
  /** As they are encoded. */
  readonly video: VideoFormat
  /** How decoded frames become those. Default: they are those. */
  readonly filters?: PictureFilters | undefined
  /** A WebM file to write. */
  readonly output: string
}

export interface PieceClipInput extends Clip {
  readonly pieceFile: string
  /** Decoded frames before the first. */
  readonly skip: number
}

export interface SourceClipInput extends Clip {
  readonly source: SourceInfo
  readonly deinterlace: boolean
  /** About when the first frame is, counted from the beginning of the file. */
  readonly nearSeconds: number
  /** Its number in the whole source, if it is known. */
  readonly start: number | undefined
}

const CLIP_BYTES_MAX = 512 * 1024 * 1024
/** How far a frame may be from where the frame rate puts it. */
const NEAR_SECONDS = 2
/** Frames looked at around a scene: a limit for odd frame rates. */
const NEAR_FRAMES_MAX = 2_000

const wordsOf = (filters: PictureFilters | undefined): string[] => (filters === undefined ? [] : [filterWords(filters)])

/** Fast, and good enough to be looked at beside the encoded scene; every browser plays it. */
const VP9 =
  '-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -row-mt 1 -threads 2 -b:v 0 -crf 18 -g 48 -pix_fmt yuv420p'.split(' ')

/**
 * A source piece as a clip of exactly its scene's frames.
 * @throws MediaError `input-mismatch` when it does not decode to them; `encode-failed`
 */
export async function clipOfPiece(input: PieceClipInput, options: RunOptions): Promise<void> {
  const { pieceFile: file, skip: first } = input
  const filters = wordsOf(input.filters)
  const from = { file, input: pieceInput(file), stream: '0:v:0', filters, first }
  if (!(await writeClip(from, input, options)))
    throw new MediaError('input-mismatch', 'The source piece does not decode to the frames of its scene.')
}

/**
 * The same from the whole source, for scenes whose piece is gone. The frames are found by their hashes around their time, else by their number.
 * @throws MediaError `input-mismatch` when they are not found; `encode-failed`
 */
export async function clipOfSource(input: SourceClipInput, options: RunOptions): Promise<void> {
  const { source, deinterlace, filters: picture, start } = input
  const probed = await describeFile(source.path, options)
  const isWithin = await beginsWithin(source, options)
  const near = seekNear(
    await sourceDecode(source, probed, { deinterlace, picture, isWithin, careful: false }, options),
    input
  )
  const first = await findFrames(near, input, options)
  if (first !== undefined && (await writeClip({ ...near, first }, input, options))) return
  if (start !== undefined) {
    const how = { deinterlace, picture, isWithin, careful: true }
    const { file, input: whole, stream, encoded } = await sourceDecode(source, probed, how, options)
    const from = {
      file,
      input: [...ANY_DAMAGE, ...whole],
      stream: `0:${stream}`,
      filters: filtersOf(encoded),
      first: start
    }
    if (await writeClip(from, input, options)) return
  }
  throw new MediaError('input-mismatch', 'The frames of the scene are no longer in the source file.')
}

interface Decode {
  /** What is read. */
  readonly file: string
  /** ffmpeg's options up to and including the input. */
  readonly input: readonly string[]
  /** As `-map` takes it. */
  readonly stream: string
  readonly filters: readonly string[]
}

function filtersOf(words: string | undefined): string[] {
  return words === undefined ? [] : [words]
}

function seekNear({ file, input, stream, convert }: SourceDecode, { nearSeconds, filters }: SourceClipInput): Decode {
  const from = nearSeconds - NEAR_SECONDS
  const seek = from > 0 ? ['-ss', from.toFixed(3)] : []
  const sought = [...ANY_DAMAGE, ...input.slice(0, -2), ...seek, ...input.slice(-2)]
  return { file, input: sought, stream: `0:${stream}`, filters: [...filtersOf(convert), ...wordsOf(filters)] }
}

/** How many frames behind the seek the scene begins. */
async function findFrames(
  { file, input, stream, filters }: Decode,
  { frames, inputHash, video, nearSeconds }: SourceClipInput,
  { signal }: RunOptions
): Promise<number | undefined> {
  const around = Math.ceil(((Math.min(nearSeconds, NEAR_SECONDS) + NEAR_SECONDS) * video.fps.num) / video.fps.den)
  const limit = frames + Math.min(around, NEAR_FRAMES_MAX)
  const filter = filters.length === 0 ? [] : ['-vf', filters.join(',')]
  const take = ['-map', stream, ...filter, '-frames:v', String(limit), '-fps_mode', 'passthrough']
  const args = [...FFMPEG_QUIET, ...input, ...take, ...FRAME_HASH_OUTPUT, 'pipe:1']
  const running = startProcess('ffmpeg', args, { signal, stdout: 'pipe', reads: [file] })
  const hashes: string[] = []
  for await (const { hash } of readFrameHashes(running.stdout)) hashes.push(hash)
  await running.ended
  for (let first = 0; first + frames <= hashes.length; first += 1)
    if (hashOfFrames(hashes.slice(first, first + frames)) === inputHash) return first
  return undefined
}

/** @returns whether the written frames are those of the scene. */
async function writeClip(
  { file, input, stream, filters, first }: Decode & { readonly first: number },
  { frames, inputHash, video, filters: picture, output }: Clip,
  { signal }: RunOptions
): Promise<boolean> {
  const { num, den } = video.fps
  const chosen = [...filters, `select=between(n\\,${first}\\,${first + frames - 1})`, 'split=2[truth][b]'].join(',')
  // Filters leave the frames without a word about their range.
  const range = picture !== undefined && video.colour.range === 'pc' ? ',setparams=range=full' : ''
  const graph = `[${stream}]${chosen};[b]setpts=N*${den}/${num}/TB${range}[shown]`
  const truth = ['-map', '[truth]', '-frames:v', String(frames), '-fps_mode', 'passthrough', ...FRAME_HASH_OUTPUT]
  const shown = ['-map', '[shown]', '-frames:v', String(frames), '-fps_mode', 'passthrough', '-an', ...VP9]
  const to = ['-fflags', '+bitexact', '-f', 'webm', `file:${output}`]
  const args = [...FFMPEG_QUIET, '-y', ...input, '-filter_complex', graph, ...truth, 'pipe:3', ...shown, ...to]
  const given = { reads: [file], writes: [output], fileBytesMax: CLIP_BYTES_MAX }
  const running = startProcess('ffmpeg', args, { signal, extra: true, ...given })
  const hashes: string[] = []
  for await (const { hash } of readFrameHashes(running.extra)) hashes.push(hash)
  const end = await running.ended
  if (hashes.length !== frames || hashOfFrames(hashes) !== inputHash) return false
  expectSuccess(end, 'ffmpeg', 'encode-failed')
  return true
}
