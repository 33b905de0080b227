import { useEffect, useRef } from 'preact/hooks'
import { clock, day, hour } from '../format.ts'
import type uPlot from 'uplot'

/** One line (or bar) of a chart. */
export interface Line {
  readonly name: string
  readonly unit: string
}

export interface PlotProps {
  readonly title: string
  readonly lines: readonly Line[]
  /** First the values of the x axis, then those of each line. */
  readonly columns: readonly (readonly (number | null)[])[]
  /** Seconds since 1970 on the x axis; otherwise numbers. */
  readonly time: boolean
  readonly xName: string
  /** A value holds until the next one. */
  readonly stepped?: boolean
}

const HEIGHT = 240
const DAY_SECONDS = 86_400
const MINUTE_SECONDS = 60
/** Sides of a chart, as uPlot numbers them. */
const [RIGHT, LEFT] = [1, 3] as const
/** A time axis shows no less. */
const SECONDS_MIN = 60
/** Told apart by dashes too. */
const DASHES = [[], [6, 3], [2, 2], [8, 3, 2, 3]]
const COLOURS = ['--accent', '--pass-2', '--done', '--verifying', '--failed', '--leased']

const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim()

/** `light-dark()` in a custom property is resolved only where it is used. */
function resolved(element: HTMLElement, name: string): string {
  element.style.color = `var(${name})`
  const value = getComputedStyle(element).color
  element.style.color = ''
  return value === '' ? colour(name) : value
}

/** uPlot writes dates as they are written in the United States. `incr`: seconds from one to the next. */
const timesAt = (_: uPlot, seconds: number[], __: number, ___: number, incr: number): string[] =>
  seconds.map((at) =>
    incr >= DAY_SECONDS ? day(1000 * at) : incr < MINUTE_SECONDS ? clock(1000 * at) : hour(1000 * at)
  )

function optionsOf(Chart: typeof uPlot, element: HTMLElement, props: PlotProps): uPlot.Options {
  const { lines, time, xName, stepped = false } = props
  const text = resolved(element, '--quiet')
  const grid = { stroke: resolved(element, '--line'), width: 1 }
  const units = [...new Set(lines.map(({ unit }) => unit))]
  const steps = stepped ? Chart.paths.stepped?.({ align: 1 }) : undefined
  const axis = { stroke: text, grid, ticks: grid }
  return {
    width: element.clientWidth,
    height: HEIGHT,
    scales: { x: time ? { time, range: (_, min, max) => [Math.min(min, max - SECONDS_MIN), max] } : { time } },
    axes: [
      { ...axis, label: xName, ...(time ? { values: timesAt } : {}) },
      // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- uPlot has the enum in its types only
      ...units.map((unit, index) => ({
        ...axis,
        scale: unit,
        label: unit,
        size: 64,
        side: index === 0 ? LEFT : RIGHT,
        // Lines of one grid are enough.
        grid: index === 0 ? grid : { show: false }
      }))
    ],
    series: [
      {
        label: xName,
        value: (_: uPlot, value: number | null) => (value == null ? '–' : time ? clock(1000 * value) : value.toFixed(1))
      },
      ...lines.map(({ name, unit }, index) => ({
        label: name,
        scale: unit,
        ...(steps == null ? {} : { paths: steps }),
        stroke: resolved(element, COLOURS[index % COLOURS.length] ?? '--accent'),
        dash: DASHES[Math.floor(index / COLOURS.length) % DASHES.length] ?? [],
        width: 1.5,
        spanGaps: false,
        value: (_: uPlot, value: number | null) =>
          value == null ? '–' : `${value.toFixed(value < 10 ? 2 : 0)} ${unit}`
      }))
    ]
  }
}

/** A chart over uPlot, which is loaded with the first one. */
export function Plot(props: PlotProps) {
  const place = useRef<HTMLDivElement>(null)
  const chart = useRef<uPlot | undefined>(undefined)
  const shape = props.lines.map(({ name }) => name).join('\n')
  useEffect(() => {
    const element = place.current
    if (element == null) return undefined
    let isWanted = true
    const resize = new ResizeObserver(() => chart.current?.setSize({ width: element.clientWidth, height: HEIGHT }))
    const make = async (): Promise<void> => {
      const [{ default: Chart }] = await Promise.all([import('uplot'), import('uplot/dist/uPlot.min.css')])
      if (!isWanted) return
      chart.current = new Chart(optionsOf(Chart, element, props), props.columns as uPlot.AlignedData, element)
      resize.observe(element)
    }
    void make()
    return () => {
      isWanted = false
      resize.disconnect()
      chart.current?.destroy()
      chart.current = undefined
    }
    // Made again only when its lines are others.
  }, [shape])
  useEffect(() => chart.current?.setData(props.columns as uPlot.AlignedData), [props.columns])
  return (
    <figure class="plot">
      <figcaption>{props.title}</figcaption>
      <div ref={place} role="img" aria-label={`${props.title}: ${props.lines.map(({ name }) => name).join(', ')}`} />
    </figure>
  )
}
