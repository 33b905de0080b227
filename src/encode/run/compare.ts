import { pixelLayout } from '../spec/index.ts'
import { FFMPEG_QUIET, NO_FILES, type PieceFrames, pieceInput } from './decode.ts'
import { MediaError } from './errors.ts'
import { readLines } from './lines.ts'
import { expectSuccess, startProcess } from './process.ts'
import type { RunOptions, VerifySegmentInput } from './types.ts'

/** How far an encoded scene is from its source, in the samples of the deeper of the two. */
export interface Likeness {
  /** The lowest PSNR of a frame's luma or chroma, in dB; 100 where they are equal. */
  readonly worstFrameDb: number
  /** Mean luma PSNR, in dB. */
  readonly meanDb: number
  /** How much better, in dB, the scene's frames fit the source's one earlier or one later than their own; negative where their own fit best. */
  readonly shiftGainDb: number
  /** The largest mean difference of a 16x16 block of luma, 0 to 1 of the full scale. */
  readonly worstBlock: number
}

/** PSNR of equal frames. */
const DB_MAX = 100

/** Which frames of the source a frame of the scene is compared with: the same, the next, the one before. */
type Shift = '0' | '1' | '-1'

/**
 * Three comparisons, one stream of numbers. Both sides are named full range, so that neither is converted; the times only pair the frames.
 */
function graph({ skip, frames }: PieceFrames, pixelFormat: string): string {
  const count = 'settb=1/25,setpts=N'
  const same = `${count},scale=in_range=full:out_range=full,format=${pixelFormat}`
  const later = `trim=start_frame=1,${count}`
  const tiny = (shift: Shift): string => `scale=16:16,format=yuv444p,metadata=add:key=shift:value=${shift}`
  const blocks = 'extractplanes=y,scale=w=ceil(iw/16):h=ceil(ih/16):flags=area,format=yuv444p,signalstats'
  return [
    `[0:v:0]select=between(n\\,${skip}\\,${skip + frames - 1}),${same},split=4[s][t][u][v]`,
    `[1:v:0]${same},split=3[a][b][c]`,
    `[a][s]psnr[p];[p][v]blend=all_mode=difference:shortest=1,${blocks},${tiny('0')}[0]`,
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
  worstBlock = 0

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
    this.worstBlock = Math.max(this.worstBlock, Number(values.get('lavfi.signalstats.YMAX') ?? 0) / 255)
  }

  mean(shift: Shift): number {
    const { db, frames } = this.sums[shift]
    return frames === 0 ? Number.NEGATIVE_INFINITY : db / frames
  }
}

/**
 * Compares an encoded scene, whose form was checked before, with the source piece that it was made from.
 * @throws MediaError `bad-segment` when they cannot be compared frame by frame
 */
export async function compareWithSource(
  piece: PieceFrames,
  segment: Pick<VerifySegmentInput, 'file' | 'video' | 'bitDepth'>,
  { signal }: RunOptions
): Promise<Likeness> {
  const chroma = pixelLayout(segment.video.pixelFormat)?.chroma ?? '420'
  const depth = Math.max(segment.bitDepth, segment.video.bitDepth)
  const pixelFormat = `yuv${chroma}p${depth > 8 ? `${depth}le` : ''}`
  const encoded = [
    '-protocol_whitelist',
    'pipe,file',
    '-format_whitelist',
    'ivf',
    '-f',
    'ivf',
    '-i',
    `file:${segment.file}`
  ]
  const output = [
    '-filter_complex',
    graph(piece, pixelFormat),
    '-map',
    '[o]',
    '-fps_mode',
    'passthrough',
    '-f',
    'null',
    '-'
  ]
  const args = [...FFMPEG_QUIET, ...pieceInput(piece.pieceFile), ...encoded, ...output]
  const running = startProcess('ffmpeg', args, { signal, stdout: 'pipe', fileBytesMax: NO_FILES })
  const tally = new Tally()
  const values = new Map<string, string>()
  for await (const line of readLines(running.stdout)) {
    if (line.startsWith('frame:')) {
      tally.add(values)
      values.clear()
      continue
    }
    const at = line.indexOf('=')
    if (at > 0) values.set(line.slice(0, at), line.slice(at + 1))
  }
  tally.add(values)
  const end = await running.ended
  expectSuccess(end, 'ffmpeg', 'bad-segment')
  const compared = tally.sums['0'].frames
  if (compared !== piece.frames) {
    const counts = `${compared} of ${piece.frames} frames`
    throw new MediaError('bad-segment', `The segment could be compared with its source in ${counts} only.`, {
      stderrTail: end.stderrTail
    })
  }
  const meanDb = tally.mean('0')
  const shiftGainDb = Math.max(tally.mean('1'), tally.mean('-1')) - meanDb
  return { worstFrameDb: tally.worstFrameDb, meanDb, shiftGainDb, worstBlock: tally.worstBlock }
}
