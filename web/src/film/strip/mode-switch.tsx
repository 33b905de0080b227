import { MEASURE_INFO, MEASURES, type Measure } from '../measures.ts'

/** What the strip is coloured by. */
export function ModeSwitch({
  measure,
  choose
}: {
  readonly measure: Measure | undefined
  readonly choose: (measure: Measure | undefined) => void
}) {
  const modes = [{ key: undefined, name: 'State' }, ...MEASURES.map((key) => ({ key, name: MEASURE_INFO[key].name }))]
  return (
    <div class="segments" role="group" aria-label="Colour the strip by">
      {modes.map(({ key, name }) => (
        <button key={name} type="button" aria-pressed={measure === key} onClick={() => choose(key)}>
          {name}
        </button>
      ))}
    </div>
  )
}
