import type { SceneDetail } from '../../../../src/api/schemas/index.ts'

/** Who says that a scene is right, and what it was held against. */
export function acceptance({ psnr, frames }: Pick<SceneDetail, 'psnr' | 'frames'>, owner: string): string {
  const compared =
    psnr == null
      ? ''
      : `; this node compared its ${frames.toLocaleString()} frames with the source: lowest PSNR ${psnr.toFixed(2)} dB`
  return `${owner}, the owner of the project${compared}`
}
