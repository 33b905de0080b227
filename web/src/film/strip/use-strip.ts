import { effect, signal, type ReadonlySignal } from '@preact/signals'
import { useEffect, useRef, useState } from 'preact/hooks'
import { filter } from '../filter.ts'
import { watchWholeFilm, type Film } from '../films.ts'
import { scaleOf, type Measure, type Scale } from '../measures.ts'
import { draw } from './draw.ts'
import { clampView, startsOf, totalOf, type Starts, type View } from './layout.ts'
import { readPalette, type Palette } from './palette.ts'

/** What the strip shows and where; the canvas follows it once a frame of the screen at most. */
export interface StripModel {
  readonly view: ReadonlySignal<View>
  readonly scale: ReadonlySignal<Scale | undefined>
  readonly cursor: ReadonlySignal<number | undefined>
  readonly measure: ReadonlySignal<Measure | undefined>
  starts: () => Starts
  /** `whole`: the view grows with the film while its analysis runs. */
  setView: (view: View, whole: boolean) => void
  setCursor: (scene: number | undefined) => void
  setMeasure: (measure: Measure | undefined) => void
  setSelected: (scene: number | undefined) => void
  setFps: (fps: number) => void
  mount: (canvas: HTMLCanvasElement) => () => void
}

function createStripModel(film: Film): StripModel {
  const view = signal<View>({ from: 0, span: 0 })
  const scale = signal<Scale | undefined>(undefined)
  const cursor = signal<number | undefined>(undefined)
  const selected = signal<number | undefined>(undefined)
  const measure = signal<Measure | undefined>(undefined)
  const fps = signal(0)
  let starts: Starts = new Float64Array(1)
  let whole = true

  function takeScenes(changed?: ReadonlySet<number>): void {
    const grew = film.scenes.length !== starts.length - 1
    // Lengths of scenes that are known never change; holes get theirs when they are told of.
    const isMoved = (scene: number): boolean =>
      (starts[scene + 1] ?? 0) - (starts[scene] ?? 0) !== film.scenes[scene]?.frames
    if (grew || changed == null || [...changed].some(isMoved)) starts = startsOf(film.scenes)
    const total = totalOf(starts)
    const next = whole ? { from: 0, span: total } : clampView(view.value, total)
    if (next.from !== view.value.from || next.span !== view.value.span) view.value = next
    rescale()
  }

  function rescale(): void {
    scale.value = measure.value == null ? undefined : scaleOf(film.scenes, measure.value, fps.value)
  }

  function mount(canvas: HTMLCanvasElement): () => void {
    const context = canvas.getContext('2d')
    if (context == null) return () => {}
    let palette: Palette | undefined
    let frame: number | undefined
    const paint = (): void => {
      frame = undefined
      const { width, height } = canvas.getBoundingClientRect()
      const ratio = devicePixelRatio
      const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)]
      if (across === 0) return
      if (canvas.width !== across || canvas.height !== down) {
        canvas.width = across
        canvas.height = down
        palette = undefined
      }
      palette ??= readPalette(canvas, context, ratio)
      draw(context, {
        scenes: film.scenes,
        starts,
        view: view.peek(),
        fps: fps.peek(),
        filter: filter.peek(),
        measure: measure.peek(),
        scale: scale.peek(),
        cursor: cursor.peek(),
        selected: selected.peek(),
        palette,
        width,
        height,
        ratio
      })
    }
    const ask = (): void => {
      frame ??= requestAnimationFrame(paint)
    }
    const recolour = (): void => {
      palette = undefined
      ask()
    }
    takeScenes()
    const stops = [
      watchWholeFilm(film, (changed) => {
        takeScenes(changed)
        ask()
      }),
      effect(() => {
        void [view.value, cursor.value, selected.value, measure.value, fps.value, filter.value]
        ask()
      }),
      observe(canvas, ask, recolour),
      () => frame != null && cancelAnimationFrame(frame)
    ]
    return () => stops.forEach((stop) => stop())
  }

  return {
    view,
    scale,
    cursor,
    measure,
    starts: () => starts,
    setView: (next, isWhole) => {
      whole = isWhole
      view.value = next
    },
    setCursor: (scene) => {
      cursor.value = scene
    },
    setMeasure: (next) => {
      measure.value = next
      rescale()
    },
    setSelected: (scene) => {
      selected.value = scene
    },
    setFps: (next) => {
      if (fps.value === next) return
      fps.value = next
      rescale()
    },
    mount
  }
}

/** The size of the canvas, and the colours of the page. */
function observe(canvas: HTMLCanvasElement, onResize: () => void, onColours: () => void): () => void {
  const size = new ResizeObserver(onResize)
  size.observe(canvas)
  const theme = new MutationObserver(onColours)
  theme.observe(document.documentElement, { attributes: true })
  const dark = matchMedia('(prefers-color-scheme: dark)')
  dark.addEventListener('change', onColours)
  return () => {
    size.disconnect()
    theme.disconnect()
    dark.removeEventListener('change', onColours)
  }
}

export function useStrip(
  film: Film,
  init: { readonly fps: number; readonly selected: number | undefined }
): {
  readonly model: StripModel
  readonly canvas: { readonly current: HTMLCanvasElement | null }
} {
  const [model] = useState(() => createStripModel(film))
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => (canvas.current == null ? undefined : model.mount(canvas.current)), [model])
  useEffect(() => model.setFps(init.fps), [model, init.fps])
  useEffect(() => model.setSelected(init.selected), [model, init.selected])
  return { model, canvas }
}
