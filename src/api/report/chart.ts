import { html, type Markup } from './html.ts'

/** A stretch of the film with one value; null where it has none. */
export interface Step {
  readonly from: number
  readonly to: number
  readonly value: number | null
}

const WIDTH = 1000
const HEIGHT = 160

/** A value over the film as a stepped line, from the least to the largest value; `fromZero`: from 0. */
export function stepChart(
  steps: readonly Step[],
  { title, unit, fromZero }: { readonly title: string; readonly unit: string; readonly fromZero: boolean }
): Markup {
  const values = steps.flatMap(({ value }) => (value === null ? [] : [value]))
  if (values.length === 0) return html`<p>${title}: not measured.</p>`
  const high = values.reduce((most, value) => Math.max(most, value))
  const low = fromZero ? 0 : values.reduce((least, value) => Math.min(least, value))
  const end = Math.max(steps.at(-1)?.to ?? 1, 1e-9)
  const x = (at: number): string => ((at / end) * WIDTH).toFixed(1)
  const y = (value: number): string => (HEIGHT - ((value - low) / Math.max(high - low, 1e-9)) * HEIGHT).toFixed(1)
  const path = steps
    .flatMap(({ from, to, value }) => (value === null ? [] : [`M${x(from)} ${y(value)}H${x(to)}`]))
    .join('')
  return html`<figure>
    <figcaption>${title}, ${low.toFixed(1)} to ${high.toFixed(1)} ${unit}</figcaption>
    <svg viewBox="0 -4 ${WIDTH} ${HEIGHT + 8}" preserveAspectRatio="none" role="img" aria-label="${title}">
      <path d="${path}" />
    </svg>
  </figure>`
}
