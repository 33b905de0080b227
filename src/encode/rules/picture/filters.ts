import { ParamsError, type ParamsErrorDetails } from '../errors.ts'
import { atBitDepth, pixelLayout } from '../pixel-format.ts'
import type { SourceInfo } from '../source.ts'
import type { Rational } from '../types.ts'
import type { FilteredSource, FrameFormat, PictureBox, PictureFilters, PictureWish } from './types.ts'
import { SIDE_PIXELS_MAX } from './wish.ts'

/** Smallest side of what is encoded: encoders and their blocks need some. */
const SIDE_PIXELS_MIN = 16

/** No side grows to more than this many times what it was. */
const ENLARGED_MAX = 4

interface Size {
  readonly width: number
  readonly height: number
}

const refuse = (field: ParamsErrorDetails['field'], message: string): never => {
  throw new ParamsError('bad-picture', message, { field })
}

const sizeText = ({ width, height }: Size): string => `${width}x${height}`
const boxText = ({ width, height, x, y }: PictureBox): string => `${width}:${height}:${x}:${y}`

/** Pixels that belong together in each direction: those of a chroma sample, in each of the fields. */
export function stepsOf({ video, fieldOrder }: FilteredSource): { readonly x: number; readonly y: number } {
  const chroma = pixelLayout(video.pixelFormat)?.chroma
  const y = chroma === '420' ? 2 : 1
  return { x: chroma === '444' ? 1 : 2, y: fieldOrder === undefined ? y : 2 * y }
}

/** The whole steps inside of a run of pixels; one that ends with the picture ends with it. */
function inSteps(start: number, length: number, whole: number, step: number): readonly [start: number, length: number] {
  const from = Math.min(Math.ceil(start / step) * step, whole)
  const to = start + length >= whole ? whole : Math.floor((start + length) / step) * step
  return [from, Math.max(0, to - from)]
}

function boxOf(crop: NonNullable<PictureWish['crop']>, { width, height }: Size): PictureBox {
  if ('x' in crop) return crop
  const { top, bottom, left, right } = crop
  return { x: left, y: top, width: width - left - right, height: height - top - bottom }
}

function checkBox(box: PictureBox, source: FilteredSource): PictureBox {
  const { video, fieldOrder } = source
  const isOutside = box.x + box.width > video.width || box.y + box.height > video.height
  if (isOutside || box.width < SIDE_PIXELS_MIN || box.height < SIDE_PIXELS_MIN) {
    const what = isOutside
      ? `reaches beyond the picture, which is ${sizeText(video)}`
      : `leaves less than ${SIDE_PIXELS_MIN} pixels of ${sizeText(video)}`
    return refuse('crop', `The crop ${boxText(box)} ${what}: ${video.width}:${video.height}:0:0 is all of it.`)
  }
  const steps = stepsOf(source)
  const [x, width] = inSteps(box.x, box.width, video.width, steps.x)
  const [y, height] = inSteps(box.y, box.height, video.height, steps.y)
  const near = { x, y, width, height }
  if (boxText(near) === boxText(box)) return box
  const chroma = pixelLayout(video.pixelFormat)?.chroma.split('').join(':')
  const why = fieldOrder === undefined ? '' : ' in each field of interlaced video'
  const rule = `with ${chroma} chroma${why}, x and width are multiples of ${steps.x}, and y and height of ${steps.y}`
  return refuse('crop', `The crop ${boxText(box)} does not fit the picture: ${rule}; ${boxText(near)} would work.`)
}

/** Sides that hold whole chroma samples. */
function evenSides({ width, height }: Size, { video }: FilteredSource): Size {
  const { x, y } = stepsOf({ video })
  const even = (side: number, step: number): number => Math.max(step, Math.round(side / step) * step)
  return { width: even(width, x), height: even(height, y) }
}

function fitted(whole: Size, box: Size, source: FilteredSource): Size {
  if (box.width >= whole.width && box.height >= whole.height) return whole
  const { x, y } = stepsOf({ video: source.video })
  const most = { width: box.width - (box.width % x), height: box.height - (box.height % y) }
  const factor = Math.min(most.width / whole.width, most.height / whole.height)
  return evenSides({ width: whole.width * factor, height: whole.height * factor }, source)
}

function scaled(whole: Size, { width, height }: NonNullable<PictureWish['scale']>, source: FilteredSource): Size {
  const open = {
    width: width ?? ((height ?? whole.height) * whole.width) / whole.height,
    height: height ?? ((width ?? whole.width) * whole.height) / whole.width
  }
  const even = evenSides(open, source)
  const named = { width: width ?? even.width, height: height ?? even.height }
  if (sizeText(named) === sizeText(whole)) return whole
  if (named.width !== even.width || named.height !== even.height)
    return refuse(
      'scale',
      `Both sides have to hold whole chroma samples: not ${sizeText(named)}, but ${sizeText(even)}.`
    )
  return named
}

function checkScale(field: 'scale' | 'fit', size: Size, whole: Size, { fieldOrder }: FilteredSource): Size {
  if (sizeText(size) === sizeText(whole)) return size
  if (fieldOrder !== undefined)
    return refuse(field, 'The video is interlaced, and scaling would mix its fields: add --deinterlace.')
  const most = {
    width: Math.min(SIDE_PIXELS_MAX, whole.width * ENLARGED_MAX),
    height: Math.min(SIDE_PIXELS_MAX, whole.height * ENLARGED_MAX)
  }
  if (size.width > most.width || size.height > most.height)
    return refuse(
      field,
      `${sizeText(size)} is too large: each side of ${sizeText(whole)} may become ${ENLARGED_MAX} times as long, so at most ${sizeText(most)}.`
    )
  if (Math.min(size.width, size.height) < SIDE_PIXELS_MIN)
    return refuse(field, `${sizeText(size)} is too small: a side has at least ${SIDE_PIXELS_MIN} pixels.`)
  return size
}

function sizeOf({ scale, fit }: PictureWish, whole: Size, source: FilteredSource): Size {
  if (scale !== undefined) return checkScale('scale', scaled(whole, scale, source), whole, source)
  if (fit !== undefined) return checkScale('fit', fitted(whole, fit, source), whole, source)
  return whole
}

function depthOf({ depth }: PictureWish, { bitDepth }: FrameFormat): number {
  if (depth === undefined || depth >= bitDepth) return depth ?? bitDepth
  return refuse(
    'depth',
    `The source has ${bitDepth} bits per sample, and grav1 does not reduce them, because bands would show: --depth ${bitDepth} keeps them.`
  )
}

/**
 * What a wish means for a source; undefined where it changes nothing.
 * @throws ParamsError `bad-picture` that names the option and says what would work
 */
export function pictureFilters(wish: PictureWish, source: FilteredSource): PictureFilters | undefined {
  const { width, height, pixelFormat, bitDepth } = source.video
  const from = { width, height, pixelFormat, bitDepth }
  const box = wish.crop === undefined ? undefined : checkBox(boxOf(wish.crop, from), source)
  const crop = box === undefined || sizeText(box) === sizeText(from) ? undefined : box
  const depth = depthOf(wish, from)
  const { width: toWidth, height: toHeight } = sizeOf(wish, crop ?? from, source)
  const to = { width: toWidth, height: toHeight, pixelFormat: atBitDepth(pixelFormat, depth), bitDepth: depth }
  const isSame = crop === undefined && sizeText(to) === sizeText(from) && depth === bitDepth
  return isSame ? undefined : { from, crop, to }
}

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b))

/** Rounding to whole pixels is no other shape. */
const isSameShape = (part: Size, to: Size): boolean =>
  Math.abs((part.height * to.width) / part.width - to.height) <= 1 ||
  Math.abs((part.width * to.height) / part.height - to.width) <= 1

function aspectAfter({ num, den }: Rational, { from, crop, to }: PictureFilters): Rational {
  const part = crop ?? from
  if (isSameShape(part, to)) return { num, den }
  const [a, b] = [num * part.width * to.height, den * part.height * to.width]
  const common = divisor(a, b)
  return { num: a / common, den: b / common }
}

/** The source as its film shows it: with the picture that is encoded. The one place that says what that is. */
export const encodedSource = (source: SourceInfo, filters: PictureFilters | undefined): SourceInfo =>
  filters === undefined
    ? source
    : { ...source, video: { ...source.video, ...filters.to }, sampleAspect: aspectAfter(source.sampleAspect, filters) }

/**
 * Checks filters that a peer named, as strictly as those of a wish.
 * @throws ParamsError `bad-picture`
 */
export function checkFilters({ from, crop, to }: PictureFilters): void {
  const wish = {
    crop: crop ?? { x: 0, y: 0, width: from.width, height: from.height },
    scale: { width: to.width, height: to.height }
  }
  const known = pictureFilters(wish, { video: from })
  const isSound = pixelLayout(from.pixelFormat)?.bitDepth === from.bitDepth && to.bitDepth >= from.bitDepth
  const fits = to.pixelFormat === atBitDepth(from.pixelFormat, to.bitDepth) && [8, 10, 12].includes(to.bitDepth)
  if (!isSound || !fits || Math.max(from.width, from.height) > SIDE_PIXELS_MAX)
    refuse(undefined, 'The picture filters do not lead to the announced picture.')
  if (known !== undefined && sizeText(known.to) !== sizeText(to))
    refuse(undefined, 'The picture filters lead to another size.')
}
