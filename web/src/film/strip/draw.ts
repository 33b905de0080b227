import { filmTime } from '../../format.ts'
import { matches, type Filter } from '../filter.ts'
import { STATES } from '../films.ts'
import { MEASURE_INFO, placeOn, type Measure, type Scale } from '../measures.ts'
import { stateOf } from '../states.ts'
import { drawColumns } from './columns.ts'
import { sceneAt, ticksOf, type Starts, type View } from './layout.ts'
import { heatOf, type Palette } from './palette.ts'
import type { SceneChange } from '../../../../src/api/schemas/index.ts'

/** Where the bars are, in pixels of the screen. */
export interface Box {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

export interface Picture {
  readonly scenes: readonly (SceneChange | undefined)[]
  readonly starts: Starts
  readonly view: View
  readonly fps: number
  readonly filter: Filter
  /** Undefined: by state. */
  readonly measure: Measure | undefined
  readonly scale: Scale | undefined
  readonly cursor: number | undefined
  readonly selected: number | undefined
  readonly palette: Palette
  /** In pixels of the page; `ratio`: pixels of the screen for each. */
  readonly width: number
  readonly height: number
  readonly ratio: number
}

/** Room for the times under the bars, and for the marks above them. */
const AXIS = 20
const MARKS = 8
/** Scenes narrower than this are drawn together, each column of pixels by their shares. */
const ALONE_PX = 2.5
const TICK_PX = 90

export function draw(context: CanvasRenderingContext2D, picture: Picture): void {
  const { palette, width, height, ratio, view } = picture
  context.setTransform(1, 0, 0, 1, 0, 0)
  context.clearRect(0, 0, Math.ceil(width * ratio), Math.ceil(height * ratio))
  const box: Box = {
    left: 0,
    top: Math.round(MARKS * ratio),
    width: width * ratio,
    height: Math.round((height - AXIS - MARKS) * ratio)
  }
  context.fillStyle = palette.colour.ground
  context.fillRect(box.left, box.top, box.width, box.height)
  if (!(view.span > 0)) return
  const first = sceneAt(picture.starts, view.from)
  const last = sceneAt(picture.starts, view.from + view.span)
  if (box.width / (last - first + 1) >= ALONE_PX * ratio) drawScenes(context, picture, box, first, last)
  else drawColumns(context, picture, box, first)
  drawMarks(context, picture, box)
  drawAxis(context, picture)
}

function drawScenes(context: CanvasRenderingContext2D, picture: Picture, box: Box, first: number, last: number): void {
  const { scenes, starts, view, palette, ratio, filter } = picture
  const px = box.width / view.span
  for (let index = first; index <= last; index += 1) {
    const scene = scenes[index]
    if (scene == null || !matches(filter, scene)) continue
    const left = Math.round(((starts[index] ?? 0) - view.from) * px)
    const right = Math.round(((starts[index + 1] ?? 0) - view.from) * px)
    const gap = right - left >= 5 * ratio ? Math.round(ratio) : 0
    const width = Math.max(1, right - left - gap)
    const { fill, share } = barOf(picture, scene)
    if (fill == null) continue
    const height = Math.max(ratio * 2, Math.round(box.height * share))
    if (share < 1 && picture.measure == null) {
      // A pass rises as it gets on.
      context.globalAlpha = 0.35
      context.fillStyle = fill
      context.fillRect(left, box.top, width, box.height)
      context.globalAlpha = 1
    }
    context.fillStyle = fill
    context.fillRect(left, box.top + box.height - height, width, height)
    if (scene.state === STATES.indexOf('failed') && picture.measure == null) {
      context.fillStyle = palette.colour.text
      context.fillRect(left, box.top + box.height, width, 3 * ratio)
    }
  }
}

/** How a scene is painted, and how high. */
function barOf(
  { measure, scale, palette, fps }: Picture,
  scene: SceneChange
): { readonly fill: string | CanvasPattern | undefined; readonly share: number } {
  if (measure == null) {
    const state = stateOf(scene)
    const runs = state === 'pass-1' || state === 'pass-2'
    return { fill: palette.fill[state], share: runs ? Math.min(1, scene.framesDone / Math.max(1, scene.frames)) : 1 }
  }
  const value = MEASURE_INFO[measure].of(scene, fps)
  if (value == null || scale == null) return { fill: undefined, share: 0 }
  const place = placeOn(scale, value)
  return { fill: heatOf(palette, place), share: place }
}

function drawMarks(context: CanvasRenderingContext2D, picture: Picture, box: Box): void {
  const { starts, view, palette, cursor, selected, ratio } = picture
  const px = box.width / view.span
  const mark = (scene: number | undefined, colour: string, thick: number): void => {
    if (scene == null || scene >= starts.length - 1) return
    const left = ((starts[scene] ?? 0) - view.from) * px
    const right = Math.max(left + 2 * ratio, ((starts[scene + 1] ?? 0) - view.from) * px)
    if (right < 0 || left > box.width) return
    const middle = (left + right) / 2
    context.strokeStyle = colour
    context.fillStyle = colour
    context.lineWidth = thick * ratio
    const inset = context.lineWidth / 2
    context.strokeRect(left + inset, box.top + inset, Math.max(1, right - left - 2 * inset), box.height - 2 * inset)
    context.beginPath()
    context.moveTo(middle - 5 * ratio, box.top - 7 * ratio)
    context.lineTo(middle + 5 * ratio, box.top - 7 * ratio)
    context.lineTo(middle, box.top - ratio)
    context.fill()
  }
  mark(selected, palette.colour.accent, 2)
  mark(cursor, palette.colour.text, 1.5)
}

function drawAxis(context: CanvasRenderingContext2D, { view, fps, palette, width, height, ratio }: Picture): void {
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  context.fillStyle = palette.colour.quiet
  context.font = '11px system-ui, sans-serif'
  context.textBaseline = 'alphabetic'
  for (const { frame, seconds } of ticksOf(view, fps, Math.floor(width / TICK_PX))) {
    const x = ((frame - view.from) / view.span) * width
    const label = filmTime(seconds).replace(/\.0$/, '')
    const room = context.measureText(label).width
    context.fillRect(Math.min(width - 1, Math.round(x)), height - AXIS + 3, 1, 4)
    if (x + room / 2 <= width) context.fillText(label, Math.max(0, x - room / 2), height - 3)
  }
}
