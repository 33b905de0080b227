import type { PictureBox } from '../picture/types.ts'
import type { FoundBars } from './find.ts'

/** As `--crop` reads it. */
export const cropWord = ({ x, y, width, height }: PictureBox): string => `${width}:${height}:${x}:${y}`

/** What was found, as sentences for the user. */
export function barsText({ crop, smaller, frames }: FoundBars): readonly string[] {
  const measured = `measured in ${frames} frames of the whole film`
  const found =
    crop === undefined
      ? `No black bars were found (${measured}); the whole picture is encoded.`
      : `The picture without its black bars is ${crop.width}x${crop.height}: --crop ${cropWord(crop)} (${measured}).`
  if (smaller === undefined) return [found]
  const share = Math.round(smaller.share * 100)
  return [
    found,
    `About ${share} % of the film has a smaller picture; its crop would be --crop ${cropWord(smaller.crop)}.`
  ]
}
