import { stepsOf } from '../picture/filters.ts'
import type { FilteredSource, PictureBox } from '../picture/types.ts'
import { bitsOf, boxOf } from './box.ts'
import { type Light, PARTS } from './light.ts'

/** What the bars of a film leave. */
export interface FoundBars {
  /** The largest picture; undefined where there are no bars, or nothing that is bright enough to tell. */
  readonly crop?: PictureBox | undefined
  /** A smaller picture that part of the film has. */
  readonly smaller?: { readonly crop: PictureBox; readonly share: number } | undefined
  /** Frames that were measured. */
  readonly frames: number
  /** The brightest of them, from 0. */
  readonly brightest: number
}

/** A part is lit if it is in so many frames, so that a single flash makes no picture; in a few frames each counts. */
const FRAMES_LIT_MIN = 2
const FEW_FRAMES = 20

/** Of a side, at least: a title on black is no picture. */
const SIDE_SHARE_MIN = 0.25

/** What is said of a smaller picture: in so many of the frames that show one, and of so much less than the whole. */
const SMALLER_FRAMES_MIN = 0.1
const SMALLER_AREA_MAX = 0.96

const area = ({ width, height }: Pick<PictureBox, 'width' | 'height'>): number => width * height

/** The smallest box of whole steps around it, so that nothing of the picture is lost. */
function around({ x, y, width, height }: PictureBox, source: FilteredSource): PictureBox {
  const { x: stepX, y: stepY } = stepsOf(source)
  const run = (from: number, length: number, side: number, step: number): readonly [number, number] => {
    const start = Math.floor(from / step) * step
    return [start, Math.min(Math.ceil((from + length) / step) * step, side) - start]
  }
  const [left, across] = run(x, width, source.video.width, stepX)
  const [top, down] = run(y, height, source.video.height, stepY)
  return { x: left, y: top, width: across, height: down }
}

const keyOf = ({ x, y, width, height }: PictureBox): string => `${width}:${height}:${x}:${y}`

/** How often each part of each line was lit. */
class Hits {
  readonly #counts: Uint16Array

  constructor(lines: number) {
    this.#counts = new Uint16Array(lines * PARTS)
  }

  add(lines: Uint32Array): void {
    for (const [line, bits] of lines.entries())
      for (let rest = bits; rest !== 0; rest = (rest & (rest - 1)) >>> 0) {
        const at = line * PARTS + 31 - Math.clz32(rest & -rest)
        this.#counts[at] = Math.min((this.#counts[at] ?? 0) + 1, 65_535)
      }
  }

  lit(lines: number, least: number): Uint32Array {
    return Uint32Array.from({ length: lines }, (_, line) => {
      let bits = 0
      for (let part = 0; part < PARTS; part += 1)
        if ((this.#counts[line * PARTS + part] ?? 0) >= least) bits |= 1 << part
      return bits >>> 0
    })
  }
}

/** Looks at frames of a film, one after the other, and tells where the picture is. */
export interface BarFinder {
  readonly add: (light: Light) => void
  readonly found: () => FoundBars
}

class Finder implements BarFinder {
  readonly #source: FilteredSource
  readonly #rows: Hits
  readonly #columns: Hits
  readonly #boxes = new Map<string, { readonly box: PictureBox; count: number }>()
  #frames = 0
  #brightest = { frame: 0, bits: -1 }

  constructor(source: FilteredSource) {
    this.#source = source
    this.#rows = new Hits(source.video.height)
    this.#columns = new Hits(source.video.width)
  }

  add(light: Light): void {
    const bits = light.rows.reduce((sum, row) => sum + bitsOf(row), 0)
    if (bits > this.#brightest.bits) this.#brightest = { frame: this.#frames, bits }
    this.#frames += 1
    this.#rows.add(light.rows)
    this.#columns.add(light.columns)
    const box = boxOf(light)
    if (box === undefined) return
    const outer = around(box, this.#source)
    const one = this.#boxes.get(keyOf(outer)) ?? { box: outer, count: 0 }
    one.count += 1
    this.#boxes.set(keyOf(outer), one)
  }

  found(): FoundBars {
    const { width, height } = this.#source.video
    const measured = { frames: this.#frames, brightest: this.#brightest.frame }
    const least = this.#frames < FEW_FRAMES ? 1 : FRAMES_LIT_MIN
    const inner = boxOf({ rows: this.#rows.lit(height, least), columns: this.#columns.lit(width, least) })
    if (inner === undefined || inner.width < width * SIDE_SHARE_MIN || inner.height < height * SIDE_SHARE_MIN)
      return measured
    const whole = around(inner, this.#source)
    const crop = area(whole) === width * height ? undefined : whole
    return { ...measured, crop, smaller: this.#smaller(whole) }
  }

  #smaller(whole: PictureBox): FoundBars['smaller'] {
    const { width, height } = this.#source.video
    const boxes = [...this.#boxes.values()]
    const seen = boxes.reduce((sum, { count }) => sum + count, 0)
    const others = boxes.filter(
      ({ box }) =>
        area(box) <= area(whole) * SMALLER_AREA_MAX &&
        box.width >= width * SIDE_SHARE_MIN &&
        box.height >= height * SIDE_SHARE_MIN
    )
    const [most] = others.toSorted((a, b) => b.count - a.count)
    if (most === undefined || most.count < seen * SMALLER_FRAMES_MIN) return undefined
    return { crop: most.box, share: most.count / seen }
  }
}

export const createBarFinder = (source: FilteredSource): BarFinder => new Finder(source)
