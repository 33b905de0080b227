import { matches } from '../filter.ts'
import { STATES } from '../films.ts'
import { MEASURE_INFO, placeOn } from '../measures.ts'
import { heatPixelOf } from './palette.ts'
import type { SceneState } from '../../../../src/api/schemas/index.ts'
import type { Box, Picture } from './draw.ts'

/** However few they are, failed scenes are to be seen. */
const FAILED_PX = 4
/** From the bottom up; failed scenes are at the top. */
const STACK = ['done', 'verifying', 'pass-2', 'pass-1', 'leased', 'waiting', 'failed'] as const satisfies SceneState[]
const FAILED = STACK.indexOf('failed')
const PLACES = STATES.map((state) => STACK.indexOf(state))

/** Draws a film of more scenes than there are pixels: each column of pixels shows what the scenes in it are, by their frames. */
export function drawColumns(context: CanvasRenderingContext2D, picture: Picture, box: Box, first: number): void {
  const { scenes, starts, view, filter, fps, measure, scale, palette, ratio } = picture
  const columns = Math.ceil(box.width)
  const each = view.span / box.width
  const info = measure == null ? undefined : MEASURE_INFO[measure]
  const image = context.createImageData(columns, box.height)
  const pixels = new Uint32Array(image.data.buffer)
  pixels.fill(palette.pixel.ground)
  const paint = (column: number, top: number, bottom: number, pixel: number): void => {
    for (let row = Math.max(0, top); row < bottom; row += 1) pixels[row * columns + column] = pixel
  }
  const frames = new Float64Array(STACK.length)
  let index = first
  for (let column = 0; column < columns; column += 1) {
    const from = view.from + column * each
    const to = from + each
    frames.fill(0)
    let sum = 0
    let weight = 0
    for (; index < scenes.length && (starts[index] ?? 0) < to; index += 1) {
      const scene = scenes[index]
      const share = Math.min(to, starts[index + 1] ?? 0) - Math.max(from, starts[index] ?? 0)
      if (scene == null || share <= 0 || !matches(filter, scene)) continue
      if (info == null) {
        const place = PLACES[scene.state] ?? 0
        frames[place] = (frames[place] ?? 0) + share
      } else {
        const value = info.of(scene, fps)
        if (value == null) continue
        sum += value * share
        weight += share
      }
    }
    // The last may go on in the next column.
    index = Math.max(first, index - 1)
    if (info != null) {
      if (weight === 0 || scale == null) continue
      const place = placeOn(scale, sum / weight)
      const height = Math.max(Math.round(ratio * 2), Math.round(box.height * place))
      paint(column, box.height - height, box.height, heatPixelOf(palette, place))
      continue
    }
    let done = 0
    for (let place = 0; place < FAILED; place += 1) {
      const part = frames[place] ?? 0
      if (part === 0) continue
      const bottom = Math.round(box.height * (1 - done / each))
      done += part
      paint(column, Math.round(box.height * (1 - done / each)), bottom, palette.pixel[STACK[place] ?? 'waiting'])
    }
    const failed = frames[FAILED] ?? 0
    if (failed > 0)
      paint(column, 0, Math.round(Math.max(FAILED_PX * ratio, (failed / each) * box.height)), palette.pixel.failed)
  }
  context.putImageData(image, box.left, box.top)
}
