import { atBitDepth, withFilters } from '../rules/index.ts'
import type { PieceFrames } from '../programs/decode.ts'
import { type PairFormat, pairFilters } from './pairs.ts'

/** Which frame of the source each frame of the scene is compared with: the same one, the next one, or the one before. */
export type Shift = '0' | '1' | '-1'

export interface Compared extends PieceFrames, PairFormat {
  /** `quality` measures PSNR, for people. `verdict` also looks for frames that are early or late, and for single blocks that differ. */
  readonly purpose: 'verdict' | 'quality'
  readonly withSsim: boolean
  /** Also writes the frames of source and encode, in turn. */
  readonly withPairs: boolean
}

/** ffmpeg's filters for a comparison. `[o]` carries the numbers of each compared frame; with `withPairs`, `[m]` carries the pairs of frames. */
export function compareGraph(compared: Compared): string {
  const { skip, frames, filters, video, bitDepth, withPairs } = compared
  const piece = withFilters(`[0:v:0]select=between(n\\,${skip}\\,${skip + frames - 1})`, filters)
  const pixelFormat = atBitDepth(video.pixelFormat, Math.max(bitDepth, video.bitDepth))
  const told = { ...compared, pixelFormat }
  if (!withPairs) return numbers(`${piece},`, '[1:v:0]', told)
  const pairs = pairFilters({ source: '[ms]', encoded: '[me]', out: '[m]' }, { video, bitDepth })
  return [`${piece},split[os][ms];[1:v:0]split[oe][me]`, numbers('[os]', '[oe]', told), pairs].join(';')
}

type Told = Pick<Compared, 'purpose' | 'withSsim'> & { readonly pixelFormat: string }

/** Declares both sides full range, so that ffmpeg converts neither. The timestamps only pair the frames. */
function numbers(source: string, encoded: string, { pixelFormat, purpose, withSsim }: Told): string {
  const count = 'settb=1/25,setpts=N'
  const same = `${count},setsar=1,scale=in_range=full:out_range=full,format=${pixelFormat}`
  const later = `trim=start_frame=1,${count}`
  const tiny = (shift: Shift): string => `crop=2:2:0:0,setsar=1,format=yuv444p,metadata=add:key=shift:value=${shift}`
  const print = `metadata=print:file='pipe\\:1'[o]`
  if (purpose === 'quality')
    return `${source}${same}[s];${encoded}${same}[a];[a][s]psnr=shortest=1,${tiny('0')},${print}`
  const blocks =
    'extractplanes=y,scale=w=max(2\\,ceil(iw/16)):h=max(2\\,ceil(ih/16)):flags=area,format=yuv444p,signalstats'
  return [
    `${source}${same},split=${withSsim ? '5[r]' : '4'}[s][t][u][v]`,
    `${encoded}${same},split=3[a][b][c]`,
    `${withSsim ? '[a][r]ssim[q];[q]' : '[a]'}[s]psnr[p];[p][v]blend=all_mode=difference:shortest=1,${blocks},${tiny('0')}[0]`,
    `[t]${later}[t1];[b][t1]psnr=shortest=1,${tiny('1')}[1]`,
    `[c]${later}[c1];[c1][u]psnr=shortest=1,${tiny('-1')}[2]`,
    `[0][1][2]interleave=n=3,setpts=N,${print}`
  ].join(';')
}
