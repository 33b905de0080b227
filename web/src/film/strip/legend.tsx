import { plural } from '../../format.ts'
import { MEASURE_INFO, placeOn, type Measure, type Scale } from '../measures.ts'

/** The scale of a heat map in numbers. */
export function Legend({
  measure,
  scale
}: {
  readonly measure: Measure | undefined
  readonly scale: Scale | undefined
}) {
  if (measure == null) return null
  const { name, unit, text } = MEASURE_INFO[measure]
  if (scale == null) return <p class="heat-legend">{name}: not known for any scene yet.</p>
  const { low, high, median, count, above } = scale
  return (
    <div class="heat-legend">
      <span>
        {text(low)} {unit}
      </span>
      <span class="ramp" aria-hidden="true">
        <span class="median" style={{ left: `${100 * placeOn(scale, median)}%` }} />
      </span>
      <span>
        {text(high)} {unit}
      </span>
      <span class="sub">
        median {text(median)} {unit} of {plural(count, 'scene')}
        {above > 0 && `; ${above} above the scale`}
      </span>
    </div>
  )
}
