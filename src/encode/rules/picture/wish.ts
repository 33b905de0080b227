import { ParamsError, type ParamsErrorDetails } from '../errors.ts'
import type { EncoderModule } from '../types.ts'
import type { PictureDepth, PictureWish } from './types.ts'

/** Largest width or height of a source, and of what is made of it; IVF and VP9 end at 65,536, decoders' memory well before. */
export const SIDE_PIXELS_MAX = 16_384

/** What people write, by the name of the option. */
export interface PictureText {
  readonly crop?: string | undefined
  readonly scale?: string | undefined
  readonly fit?: string | undefined
  readonly depth?: string | undefined
}

const refuse = (field: ParamsErrorDetails['field'], message: string): never => {
  throw new ParamsError('bad-picture', message, { field })
}

const shown = (text: string): string => JSON.stringify(text.slice(0, 60))

function parseCrop(text: string): PictureWish['crop'] {
  const trimmed = text.trim()
  // What `auto` comes to, the owner measures.
  if (['none', 'auto', ''].includes(trimmed)) return undefined
  const box = /^(\d{1,5}):(\d{1,5}):(\d{1,5}):(\d{1,5})$/.exec(trimmed)
  if (box !== null) {
    const [width = 0, height = 0, x = 0, y = 0] = box.slice(1).map(Number)
    return { x, y, width, height }
  }
  const edges = /^(\d{1,5}),(\d{1,5}),(\d{1,5}),(\d{1,5})$/.exec(trimmed)
  if (edges !== null) {
    const [top = 0, bottom = 0, left = 0, right = 0] = edges.slice(1).map(Number)
    return { top, bottom, left, right }
  }
  return refuse(
    'crop',
    `${shown(text)} is not a crop: use none, auto, <width>:<height>:<x>:<y> such as 1920:800:0:140, or <top>,<bottom>,<left>,<right> such as 140,140,0,0.`
  )
}

/** The picture's shape decides. */
const isOpen = (side: string): boolean => side === '-2' || side === '-1'

const sideOf = (text: string): number | undefined => (isOpen(text) ? undefined : Number(text))

function parseScale(text: string): PictureWish['scale'] {
  const lines = /^(\d{2,5})p$/i.exec(text.trim())
  if (lines !== null) return checkSides('scale', { width: undefined, height: Number(lines[1]) })
  const [, width = '', height = ''] = /^(\d{1,5}|-[12])[x:](\d{1,5}|-[12])$/i.exec(text.trim()) ?? []
  if (width === '' || (isOpen(width) && isOpen(height)))
    return refuse(
      'scale',
      `${shown(text)} is not a size: use <width>x<height> with -2 for the side that follows the picture's shape, such as 1920x-2, or a height such as 1080p.`
    )
  return checkSides('scale', { width: sideOf(width), height: sideOf(height) })
}

function checkSides<Size extends { readonly width: number | undefined; readonly height: number | undefined }>(
  field: 'scale' | 'fit',
  size: Size
): Size {
  for (const side of [size.width, size.height])
    if (side !== undefined && (side < 1 || side > SIDE_PIXELS_MAX))
      return refuse(field, `A side has 1 to ${SIDE_PIXELS_MAX} pixels, not ${side}.`)
  return size
}

function parseFit(text: string): PictureWish['fit'] {
  const [, width, height] = /^(\d{1,5})[x:](\d{1,5})$/i.exec(text.trim()) ?? []
  if (width === undefined || height === undefined)
    return refuse('fit', `${shown(text)} is not a size: use <width>x<height>, such as 1920x1080.`)
  return checkSides('fit', { width: Number(width), height: Number(height) })
}

function parseDepth(text: string): PictureDepth {
  const depth = Number(text)
  if (depth === 8 || depth === 10 || depth === 12) return depth
  return refuse('depth', `A sample has 8, 10 or 12 bits, not ${shown(text)}.`)
}

/** Reads what a submission says of the picture. @throws ParamsError `bad-picture` */
export function parsePicture({ crop, scale, fit, depth }: PictureText): PictureWish {
  if (scale !== undefined && fit !== undefined) refuse('fit', '--scale and --fit both name a size: give only one.')
  return {
    crop: crop === undefined ? undefined : parseCrop(crop),
    scale: scale === undefined ? undefined : parseScale(scale),
    fit: fit === undefined ? undefined : parseFit(fit),
    depth: depth === undefined ? undefined : parseDepth(depth)
  }
}

/** @throws ParamsError `bad-picture` when the encoder writes no such depth */
export function checkDepth({ depth }: PictureWish, { program, bitDepths }: EncoderModule): void {
  if (depth === undefined || bitDepths.includes(depth)) return
  refuse('depth', `${program} writes ${bitDepths.join(' or ')} bits per sample, not ${depth}.`)
}
