import { STATES } from '../films.ts'
import type { SceneState } from '../../../../src/api/schemas/index.ts'

type Colour = 'ground' | 'panel' | 'text' | 'quiet' | 'line' | 'accent' | SceneState

/** The page's colours as a canvas takes them. */
export interface Palette {
  readonly colour: Readonly<Record<Colour, string>>
  readonly fill: Readonly<Record<SceneState, string | CanvasPattern>>
  /** From low to high. */
  readonly heat: readonly string[]
  /** The same as pixels of an `ImageData`. */
  readonly pixel: Readonly<Record<'ground' | SceneState, number>>
  readonly heatPixels: Uint32Array
}

const COLOURS = ['ground', 'panel', 'text', 'quiet', 'line', 'accent', ...STATES] as const
const HEAT_STOPS = 5
const HEAT_STEPS = 64
const TILE = 8

/** `probe`: an element of the page; custom properties are resolved by the colour that it gets. */
export function readPalette(probe: HTMLElement, context: CanvasRenderingContext2D, ratio: number): Palette {
  const before = probe.style.color
  const resolve = (name: string): string => {
    probe.style.color = `var(--${name})`
    return getComputedStyle(probe).color
  }
  const colour = Object.fromEntries(COLOURS.map((name) => [name, resolve(name)])) as Record<Colour, string>
  const stops = Array.from({ length: HEAT_STOPS }, (_, index) => resolve(`heat-${index}`))
  probe.style.color = before
  const fill = Object.fromEntries(
    STATES.map((state) => [state, patternOf(state, colour, context, ratio) ?? colour[state]])
  ) as Record<SceneState, string | CanvasPattern>
  const heatPixels = pixelsOf(HEAT_STEPS, (pen) => {
    const gradient = pen.createLinearGradient(0, 0, HEAT_STEPS, 0)
    stops.forEach((stop, index) => gradient.addColorStop(index / (stops.length - 1), stop))
    pen.fillStyle = gradient
    pen.fillRect(0, 0, HEAT_STEPS, 1)
  })
  const flat = ['ground', ...STATES] as const
  const flatPixels = pixelsOf(flat.length, (pen) =>
    flat.forEach((name, index) => {
      pen.fillStyle = colour[name]
      pen.fillRect(index, 0, 1, 1)
    })
  )
  const pixel = Object.fromEntries(flat.map((name, index) => [name, flatPixels[index] ?? 0])) as Palette['pixel']
  return { colour, fill, heat: Array.from(heatPixels, textOf), pixel, heatPixels }
}

/** What is at work has a pattern, so that it is told apart without its colour. */
function patternOf(
  state: SceneState,
  colour: Readonly<Record<Colour, string>>,
  context: CanvasRenderingContext2D,
  ratio: number
): CanvasPattern | undefined {
  if (state === 'waiting' || state === 'done') return undefined
  const tile = document.createElement('canvas')
  const size = Math.round(TILE * ratio)
  tile.width = size
  tile.height = size
  const pen = tile.getContext('2d')
  if (pen == null) return undefined
  pen.fillStyle = colour[state]
  pen.fillRect(0, 0, size, size)
  pen.strokeStyle = colour.panel
  pen.fillStyle = colour.panel
  pen.lineWidth = size / 5
  const line = (...[x1, y1, x2, y2]: readonly [number, number, number, number]): void => {
    pen.beginPath()
    pen.moveTo(x1 * size, y1 * size)
    pen.lineTo(x2 * size, y2 * size)
    pen.stroke()
  }
  const rising = (): void => [-1, 0, 1].forEach((shift) => line(shift - 0.1, 1.1, shift + 1.1, -0.1))
  const falling = (): void => [-1, 0, 1].forEach((shift) => line(shift - 0.1, -0.1, shift + 1.1, 1.1))
  if (state === 'pass-1') rising()
  else if (state === 'pass-2') falling()
  else if (state === 'verifying') line(0, 0.5, 1, 0.5)
  else if (state === 'leased') pen.fillRect(size * 0.3, size * 0.3, size * 0.4, size * 0.4)
  else {
    pen.lineWidth = size / 8
    rising()
    falling()
  }
  return context.createPattern(tile, 'repeat') ?? undefined
}

function pixelsOf(width: number, paint: (pen: CanvasRenderingContext2D) => void): Uint32Array {
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = 1
  const pen = canvas.getContext('2d', { willReadFrequently: true })
  if (pen == null) return new Uint32Array(width)
  paint(pen)
  return new Uint32Array(pen.getImageData(0, 0, width, 1).data.buffer)
}

function textOf(pixel: number): string {
  const [red, green, blue] = new Uint8Array(Uint32Array.of(pixel).buffer)
  return `rgb(${red} ${green} ${blue})`
}

const stepOf = (steps: number, place: number): number => Math.min(steps - 1, Math.floor(place * steps))

export const heatOf = ({ heat }: Palette, place: number): string => heat[stepOf(heat.length, place)] ?? ''

export const heatPixelOf = ({ heatPixels }: Palette, place: number): number =>
  heatPixels[stepOf(heatPixels.length, place)] ?? 0
