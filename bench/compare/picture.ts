import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { measureFrames, meterFor, type SourceInfo } from '../../src/encode/index.ts'
import { comparePictures } from '../../scripts/psnr.ts'

export interface Picture {
  readonly bytes: number
  /** Of all planes and frames together, in dB. */
  readonly psnr: number
  readonly xpsnr: number
}

/** Size and quality of a film's video, without its container. */
export async function pictureOf(
  file: string,
  { source, frames }: { readonly source: SourceInfo; readonly frames: number },
  folder: string
): Promise<Picture> {
  const plain = join(folder, 'plain.ivf')
  await execa('ffmpeg', ['-v', 'error', '-nostdin', '-y', '-i', file, '-map', '0:v:0', '-c', 'copy', plain])
  const { video } = source
  const meter = meterFor(video, { metric: 'xpsnr' })
  const { signal } = new AbortController()
  const whole = { pieceFile: source.path, skip: 0, frames, file: plain, video, bitDepth: video.bitDepth }
  await measureFrames(whole, meter, 1, { signal })
  const { mean } = await comparePictures(plain, source.path)
  return { bytes: (await stat(plain)).size, psnr: mean, xpsnr: meter.score() }
}
