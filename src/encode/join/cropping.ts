import { askAboutFile } from '../programs/file-facts.ts'
import type { RunOptions } from '../programs/run-options.ts'

const EDGES = ['left', 'top', 'right', 'bottom'] as const

/** The cropping of a track in mkvinfo's output, as `left,top,right,bottom`; undefined if there is none. */
export function croppingIn(text: string, index: number): string | undefined {
  const track = text
    .split(/^\| \+ Track$/m)
    .find((part) => part.includes(`track ID for mkvmerge & mkvextract: ${index})`))
  const found = EDGES.map((edge) => Number(new RegExp(`Pixel crop ${edge}: (\\d+)`).exec(track ?? '')?.[1] ?? 0))
  return found.every((pixels) => pixels === 0) ? undefined : found.join(',')
}

/** Older mkvmerge tells it only where all four edges are cropped. */
export async function readCropping(path: string, index: number, options: RunOptions): Promise<string | undefined> {
  const { stdout } = await askAboutFile('mkvinfo', [path], path, options)
  return croppingIn(stdout, index)
}
