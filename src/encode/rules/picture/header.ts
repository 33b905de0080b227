import { ParamsError } from '../errors.ts'
import type { PictureHeader } from '../picture-header.ts'
import type { PictureFilters } from './types.ts'

interface Size {
  readonly width: number
  readonly height: number
}

const refuse = (field: 'crop' | 'scale', message: string): never => {
  throw new ParamsError('bad-picture', message, { field })
}

/** The part that a container lets players show. */
function shownPart(cropping: unknown, { width, height }: Size): Size & { readonly text: string } {
  const [left = 0, top = 0, right = 0, bottom = 0] = String(cropping).split(',').map(Number)
  const part = { width: width - left - right, height: height - top - bottom }
  return { ...part, text: `${part.width}:${part.height}:${left}:${top}` }
}

/** The size in which a part is shown whose samples have the shape of those of the container's part. */
function displayOf(dimensions: unknown, shown: Size, { from, crop, to }: PictureFilters): string | undefined {
  const [width = 0, height = 0] = String(dimensions).split('x').map(Number)
  if (!(width > 0 && height > 0) || width * shown.height === height * shown.width) return undefined
  const part = crop ?? from
  const aspect = (width * shown.height * part.width) / (height * shown.width * part.height)
  const wide = Math.round(to.height * aspect)
  return wide >= to.width ? `${wide}x${to.height}` : `${to.width}x${Math.round(to.width / aspect)}`
}

/** What the container said of the source's picture, as far as it holds for the one that is made of it. @throws ParamsError `bad-picture` */
export function filteredHeader(header: PictureHeader, filters: PictureFilters): PictureHeader {
  const { from, crop, to } = filters
  const isScaled = (crop ?? from).width !== to.width || (crop ?? from).height !== to.height
  const views = Number(header['stereo_mode'] ?? 0) !== 0
  if (crop !== undefined && views)
    refuse(
      'crop',
      'The picture holds the views of both eyes (3D), and a crop would cut them differently: --crop none keeps all of it.'
    )
  if (crop !== undefined && Number(header['projection_type'] ?? 0) !== 0)
    refuse(
      'crop',
      'The picture is a sphere (360 degrees), and a crop would cut a part out of it: --crop none keeps all of it.'
    )
  const { cropping, display_dimensions: dimensions, ...others } = header
  if (cropping === undefined || (crop === undefined && !isScaled)) return header
  const shown = shownPart(cropping, from)
  if (crop === undefined)
    refuse('scale', `The container lets players show only a part of the picture: add --crop ${shown.text}, or another.`)
  const size = dimensions === undefined ? undefined : displayOf(dimensions, shown, filters)
  return size === undefined ? others : { ...others, display_dimensions: size }
}
