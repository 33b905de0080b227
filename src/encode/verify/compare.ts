import type { Readable } from 'node:stream'
import { atDepth, type Likeness } from '../rules/index.ts'
import { FFMPEG_QUIET, type PieceFrames, pieceInput } from '../programs/decode.ts'
import { MediaError } from '../programs/errors.ts'
import { readLines } from '../programs/lines.ts'
import { type ProcessEnd, startProcess } from '../programs/process.ts'
import { compareGraph, type Shift } from './compare-graph.ts'
import { MEASURED_EVERY, meterFor } from './measure.ts'
import { type PairFormat, rawFrames, readPairs } from './pairs.ts'
import { segmentInput } from './segment-input.ts'
import type { VerifySegmentInput } from './types.ts'
import type { RunOptions } from '../programs/run-options.ts'

/** What equal frames count as, in dB: their PSNR is infinite. */
const DB_MAX = 100

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

/** ffmpeg's output options that write the size of each decoded frame of an input to a descriptor. */
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
  /** Rejects with MediaError `bad-segment` where not all frames could be compared. */
  readonly likeness: Promise<Likeness>
}

type ComparedSegment = Pick<VerifySegmentInput, 'file' | 'video' | 'bitDepth' | 'metric' | 'purpose'>

/** Decodes a segment beside the source piece that it was made from. The stderr of the process holds the complaints of both decoders. */
export function startComparison(
  piece: PieceFrames,
  { file, video, bitDepth, metric, purpose = 'verdict' }: ComparedSegment,
  { signal }: RunOptions
): Comparison {
  const format = { ...piece, video, bitDepth }
  const withPairs = metric === 'xpsnr'
  const graph = compareGraph({ ...format, purpose, withSsim: metric === 'ssim', withPairs })
  const numbers = ['-map', '[o]', '-fps_mode', 'passthrough', '-f', 'null', '-']
  const outputs = [...frameSizes(1, 3), ...numbers, ...(withPairs ? rawFrames('[m]', 4) : [])]
  const inputs = [...pieceInput(piece.pieceFile), ...segmentInput(file)]
  const init = { signal, stdout: 'pipe', extra: true, frames: withPairs, reads: [piece.pieceFile, file] } as const
  const running = startProcess('ffmpeg', [...FFMPEG_QUIET, ...inputs, '-filter_complex', graph, ...outputs], init)
  const xpsnr = withPairs ? xpsnrOf(running.frames, format) : Promise.resolve(undefined)
  const likeness = likenessOf(Promise.all([readTally(running.stdout), xpsnr]), running.ended, piece.frames)
  likeness.catch(() => {})
  return { sizes: running.extra, ended: running.ended, likeness }
}

/** XPSNR over one pair in `MEASURED_EVERY`, in dB. */
async function xpsnrOf(pairs: Readable, format: PairFormat & Pick<PieceFrames, 'frames'>): Promise<number> {
  const meter = meterFor(atDepth(format.video, format.bitDepth), { metric: 'xpsnr' })
  await readPairs(pairs, format, meter, MEASURED_EVERY)
  return meter.score()
}

async function likenessOf(
  readings: Promise<readonly [Tally, number | undefined]>,
  ended: Promise<ProcessEnd>,
  frames: number
): Promise<Likeness> {
  const [tally, xpsnr] = await readings
  const { stderrTail } = await ended
  const compared = tally.sums['0'].frames
  if (compared !== frames) {
    const what = `Only ${compared} of ${frames} frames of the segment could be compared with the source.`
    throw new MediaError('bad-segment', what, { stderrTail })
  }
  const meanDb = tally.mean('0')
  const shiftGainDb = Math.max(tally.mean('1'), tally.mean('-1')) - meanDb
  const { worstFrameDb, worstLumaDb, worstBlock, lumaDb, ssim } = tally
  return { worstFrameDb, worstLumaDb, meanDb, lumaDb, ssim, xpsnr, shiftGainDb, worstBlock }
}
