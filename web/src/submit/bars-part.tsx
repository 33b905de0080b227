import '../styles/bars.css'
import { useEffect, useState } from 'preact/hooks'
import { whole } from '../format.ts'
import type { DryRun } from '../../../src/api/schemas/index.ts'

type Bars = NonNullable<DryRun['bars']>
type Box = NonNullable<Bars['crop']>

interface BarsProps {
  readonly bars: Bars
  /** Of the whole picture, in pixels. */
  readonly width: number
  readonly height: number
}

/** The address of a JPEG in base64, as long as it is shown. */
function useStill(still: string | null): string | undefined {
  const [url, setUrl] = useState<string>()
  useEffect(() => {
    if (still === null) return undefined
    const bytes = Uint8Array.from(atob(still), (letter) => letter.codePointAt(0) ?? 0)
    const made = URL.createObjectURL(new Blob([bytes], { type: 'image/jpeg' }))
    setUrl(made)
    return () => {
      URL.revokeObjectURL(made)
      setUrl(undefined)
    }
  }, [still])
  return url
}

const words = ({ x, y, width, height }: Box): string => `${width}:${height}:${x}:${y}`

/** A frame of the film with the crop drawn on it. */
export function BarsPart({ bars: { crop, smaller, frames, still }, width, height }: BarsProps) {
  const url = useStill(still)
  const kept = crop ?? { x: 0, y: 0, width, height }
  const says = `The picture to encode: ${words(kept)} of ${width}x${height}`
  return (
    <figure class="bars">
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={says}>
        {url !== undefined && <image href={url} width={width} height={height} preserveAspectRatio="none" />}
        {crop !== null && (
          <path
            class="cut"
            fill-rule="evenodd"
            d={`M0 0H${width}V${height}H0Z M${kept.x} ${kept.y}V${kept.y + kept.height}H${kept.x + kept.width}V${kept.y}Z`}
          />
        )}
        {smaller !== null && <rect class="smaller" {...smaller.crop} vector-effect="non-scaling-stroke" />}
        <rect class="kept" {...kept} vector-effect="non-scaling-stroke" />
      </svg>
      <figcaption>
        {crop === null
          ? 'No black bars were found'
          : `Without its black bars the picture is ${kept.width} × ${kept.height}`}{' '}
        (crop {words(kept)}), measured in {whole(frames)} frames of the whole film.
        {smaller !== null &&
          ` About ${Math.round(smaller.share * 100)} % of it has a smaller picture (dashed): ${words(smaller.crop)}.`}
      </figcaption>
    </figure>
  )
}
