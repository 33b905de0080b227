import type { Readable } from 'node:stream'
import { atBitDepth, type Likeness, withFilters } from '../rules/index.ts'
import { FFMPEG_QUIET, type PieceFrames, pieceInput } from '../programs/decode.ts'
import { SCENE_DECODERS } from '../programs/decoders.ts'
import { MediaError } from '../programs/errors.ts'
import { readLines } from '../programs/lines.ts'
import { type ProcessEnd, startProcess } from '../programs/process.ts'
import type { VerifySegmentInput } from './types.ts'
import type { RunOptions } from '../programs/run-options.ts'

/** PSNR of equal frames. */
const DB_MAX = 100

/** Which frames of the source a frame of the scene is compared with: the same, the next, the one before. */
type Shift = '0' | '1' | '-1'

/**
 * Three comparisons, one stream of numbers. Both sides are named full range, so that neither is converted; the times only pair the frames.
 */
function graph({ skip, frames, filters }: PieceFrames, pixelFormat: string, withSsim: boolean): string {
  const count = 'settb=1/25,setpts=N'
  const same = `${count},setsar=1,scale=in_range=full:out_range=full,format=${pixelFormat}`
  const later = `trim=start_frame=1,${count}`
  const tiny = (shift: Shift): string => `crop=2:2:0:0,setsar=1,format=yuv444p,metadata=add:key=shift:value=${shift}`
  const blocks =
    'extractplanes=y,scale=w=max(2\\,ceil(iw/16)):h=max(2\\,ceil(ih/16)):flags=area,format=yuv444p,signalstats'
  return [
    `${withFilters(`[0:v:0]select=between(n\\,${skip}\\,${skip + frames - 1})`, filters)},${same},split=${withSsim ? '5[r]' : '4'}[s][t][u][v]`,
    `[1:v:0]${same},split=3[a][b][c]`,
    `${withSsim ? '[a][r]ssim[q];[q]' : '[a]'}[s]psnr[p];[p][v]blend=all_mode=difference:shortest=1,${blocks},${tiny('0')}[0]`,
    `[t]${later}[t1];[b][t1]psnr=shortest=1,${tiny('1')}[1]`,
    `[c]${later}[c1];[c1][u]psnr=shortest=1,${tiny('-1')}[2]`,
    `[0][1][2]interleave=n=3,setpts=N,metadata=print:file='pipe\\:1'[o]`
  ].join(';')
}

class Tally {
  readonly sums: Record<Shift, { db: number; frames: number }> = {
    '0': { db: 0, frames: 0 },
    '1': { db: 0, frames: 0 },
    '-1': { db: 0, frames: 0 }
  }
  worstFrameDb = DB_MAX
  worstLumaDb = DB_MAX
  worstBlock = 0
  #errors = 0
  #ssim: number | undefined

  /** @param values ffmpeg's metadata of one compared frame */
  add(values: ReadonlyMap<string, string>): void {
    const shift = values.get('shift')
    if (shift !== '0' && shift !== '1' && shift !== '-1') return
    const db = (plane: string): number => {
      const value = Number(values.get(`lavfi.psnr.psnr.${plane}`))
      return Number.isFinite(value) ? Math.min(value, DB_MAX) : DB_MAX
    }
    this.sums[shift].db += db('y')
    this.sums[shift].frames += 1
    if (shift !== '0') return
    this.worstFrameDb = Math.min(this.worstFrameDb, db('y'), db('u'), db('v'))
    this.worstLumaDb = Math.min(this.worstLumaDb, db('y'))
    this.#errors += 10 ** (-db('y') / 10)
    const ssim = values.get('lavfi.ssim.Y')
    if (ssim !== undefined) this.#ssim = (this.#ssim ?? 0) + Number(ssim)
    this.worstBlock = Math.max(this.worstBlock, Number(values.get('lavfi.signalstats.YMAX') ?? 0) / 255)
  }

  get lumaDb(): number {
    return -10 * Math.log10(this.#errors / this.sums['0'].frames)
  }

  get ssim(): number | undefined {
    return this.#ssim === undefined ? undefined : this.#ssim / this.sums['0'].frames
  }

  mean(shift: Shift): number {
    const { db, frames } = this.sums[shift]
    return frames === 0 ? Number.NEGATIVE_INFINITY : db / frames
  }
}

async function readTally(metadata: Readable): Promise<Tally> {
  const tally = new Tally()
  const values = new Map<string, string>()
  for await (const line of readLines(metadata)) {
    if (line.startsWith('frame:')) {
      tally.add(values)
      values.clear()
      continue
    }
    const at = line.indexOf('=')
    if (at > 0) values.set(line.slice(0, at), line.slice(at + 1))
  }
  tally.add(values)
  return tally
}

/** ffmpeg's options for an untrusted IVF file of which every damage is to be heard. */
export const segmentInput = (file: string): string[] => [
  '-protocol_whitelist',
  'pipe,file',
  '-format_whitelist',
  'ivf',
  '-codec_whitelist',
  SCENE_DECODERS,
  '-err_detect',
  'explode',
  // Grain is put on the picture by the player: without it the picture is like its source.
  '-export_side_data',
  'film_grain',
  '-f',
  'ivf',
  '-i',
  `file:${file}`
]

/** Output options that tell the size of each decoded frame on the descriptor. */
export const frameSizes = (input: number, descriptor: number): string[] => [
  '-map',
  `${input}:v:0`,
  '-fps_mode',
  'passthrough',
  '-noautoscale',
  '-f',
  'framecrc',
  `pipe:${descriptor}`
]

/** A running comparison. */
export interface Comparison {
  /** Sizes of the segment's decoded frames, as `frameSizes` tells them. */
  readonly sizes: Readable
  readonly ended: Promise<ProcessEnd>
  /** @throws MediaError `bad-segment` when frame and frame cannot be compared */
  readonly likeness: Promise<Likeness>
}

/** Decodes a segment together with the source piece that it was made from. What either decoder complains of is in the process's stderr. */
export function startComparison(
  piece: PieceFrames,
  segment: Pick<VerifySegmentInput, 'file' | 'video' | 'bitDepth' | 'metric'>,
  { signal }: RunOptions
): Comparison {
  const { video, bitDepth } = segment
  const pixelFormat = atBitDepth(video.pixelFormat, Math.max(bitDepth, video.bitDepth))
  const filtered = [
    '-filter_complex',
    graph(piece, pixelFormat, segment.metric === 'ssim'),
    '-map',
    '[o]',
    '-fps_mode',
    'passthrough',
    '-f',
    'null',
    '-'
  ]
  const inputs = [...pieceInput(piece.pieceFile), ...segmentInput(segment.file)]
  const args = [...FFMPEG_QUIET, ...inputs, ...frameSizes(1, 3), ...filtered]
  const reads = [piece.pieceFile, segment.file]
  const running = startProcess('ffmpeg', args, { signal, stdout: 'pipe', extra: true, reads })
  const likeness = likenessOf(readTally(running.stdout), running.ended, piece.frames)
  likeness.catch(() => {})
  return { sizes: running.extra, ended: running.ended, likeness }
}

async function likenessOf(reading: Promise<Tally>, ended: Promise<ProcessEnd>, frames: number): Promise<Likeness> {
  const tally = await reading
  const { stderrTail } = await ended
  const compared = tally.sums['0'].frames
  if (compared !== frames) {
    const what = `Only ${compared} of ${frames} frames of the segment could be compared with the source.`
    throw new MediaError('bad-segment', what, { stderrTail })
  }
  const meanDb = tally.mean('0')
  const shiftGainDb = Math.max(tally.mean('1'), tally.mean('-1')) - meanDb
  const { worstFrameDb, worstLumaDb, worstBlock, lumaDb, ssim } = tally
  return { worstFrameDb, worstLumaDb, meanDb, lumaDb, ssim, shiftGainDb, worstBlock }
}
