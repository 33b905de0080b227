import { plural } from '../../format.ts'
import type { SceneDetail } from '../../../../src/api/schemas/index.ts'

/** Which node confirmed the scene, and what it compared it with. */
export function acceptance(
  { psnr, psnrMean, xpsnr, frames }: Pick<SceneDetail, 'psnr' | 'psnrMean' | 'xpsnr' | 'frames'>,
  owner: string
): string {
  const compared =
    psnr == null
      ? ''
      : `; this node compared its ${plural(frames, 'frame')} with the source: lowest PSNR ${psnr.toFixed(2)} dB${psnrMean == null ? '' : `, mean ${psnrMean.toFixed(2)} dB`}${xpsnr == null ? '' : `, XPSNR ${xpsnr.toFixed(2)} dB`}`
  return `${owner}, the owner of the project${compared}`
}
