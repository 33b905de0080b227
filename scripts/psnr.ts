import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { execa } from 'execa'

/** How near a video is to its source, frame by frame. */
export interface PictureQuality {
  readonly frames: number
  /** dB; `Infinity` when no frame differs. */
  readonly mean: number
  readonly min: number
  /** Frame with the least. */
  readonly minFrame: number
}

/** Reads ffmpeg's `psnr` statistics, one line a frame. The mean is that of the mean squared errors, as ffmpeg's own average. */
export function parsePsnr(text: string): PictureQuality {
  let frames = 0
  let errors = 0
  let [min, minFrame] = [Number.POSITIVE_INFINITY, 0]
  for (const match of text.matchAll(/\bmse_avg:(?<mse>[\d.]+).*\bpsnr_avg:(?<psnr>inf|[\d.]+)/g)) {
    const psnr = match.groups?.['psnr'] === 'inf' ? Number.POSITIVE_INFINITY : Number(match.groups?.['psnr'])
    errors += Number(match.groups?.['mse'])
    if (psnr < min) [min, minFrame] = [psnr, frames]
    frames += 1
  }
  return {
    frames,
    mean: errors > 0 ? 10 * Math.log10((255 * 255 * frames) / errors) : Number.POSITIVE_INFINITY,
    min,
    minFrame
  }
}

/** Compares two 8-bit videos frame by frame, paired by number, not by time. */
export async function comparePictures(video: string, source: string): Promise<PictureQuality> {
  const numbered = 'format=yuv420p,settb=1/25,setpts=N'
  const graph = `[0:v:0]${numbered}[a];[1:v:0]${numbered}[b];[a][b]psnr=stats_file=-`
  const inputs = ['-v', 'error', '-nostdin', '-i', video, '-i', source]
  const { stdout } = await execa('ffmpeg', [...inputs, '-lavfi', graph, '-fps_mode', 'passthrough', '-f', 'null', '-'])
  return parsePsnr(stdout)
}

/** Frames that a decoder gives. */
export async function countFrames(path: string): Promise<number> {
  const args = ['-v', 'error', '-select_streams', 'v:0', '-count_frames', '-show_entries', 'stream=nb_read_frames']
  const { stdout } = await execa('ffprobe', [...args, '-of', 'csv=p=0', path])
  return Number.parseInt(stdout, 10)
}

/** Hex of a file's sha-256. */
export async function fileSha256(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}
