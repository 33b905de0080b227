import { EMPTY, isBox, type Fields } from './fields.ts'
import { presetOptionNames, submitOptionNames } from '../../../src/api/submit/options.ts'

const KEY = 'grav1-submit'

/** What stays in the form for the next film: what a preset may have, too, is about films of a kind. The turn is for each film. */
const LASTING: readonly string[] = [
  ...presetOptionNames.filter((name) => name !== 'priority'),
  'preset',
  'encoderParams',
  'encoder',
  'metric',
  'target'
]

/** The form for another film, with the choices of the last one. */
export const withoutFilm = (fields: Fields): Fields => ({ ...EMPTY, ...lastingOf(fields) })

function lastingOf(fields: Fields): Partial<Fields> {
  const all = Object.entries(fields).filter(([name]) => LASTING.includes(name))
  return Object.fromEntries(all) as Partial<Fields>
}

/** Remembers the choices in this browser. */
export function keepChoices(fields: Fields): void {
  localStorage.setItem(KEY, JSON.stringify(lastingOf(fields)))
}

/** The form with the choices that this browser remembers, as far as this version of the page knows them. */
export function keptChoices(): Fields {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? '{}') as unknown
    if (typeof kept !== 'object' || kept === null) return EMPTY
    const known = Object.entries(kept).filter(
      ([name, value]) => LASTING.includes(name) && typeof value === kindOf(name)
    )
    return { ...EMPTY, ...(Object.fromEntries(known) as Partial<Fields>) }
  } catch {
    return EMPTY
  }
}

const kindOf = (name: string): string =>
  submitOptionNames.some((option) => option === name && isBox(option)) ? 'boolean' : 'string'
