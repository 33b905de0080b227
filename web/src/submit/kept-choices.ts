import { EMPTY, isBox, type Fields } from './fields.ts'
import { submitOptionNames } from '../../../src/api/submit/options.ts'

const KEY = 'grav1-submit'

/** What is chosen for one film and would be wrong for the next. */
const OF_ONE_FILM: readonly string[] = [
  'input',
  'films',
  'output',
  'overwrite',
  'range',
  'sample',
  'zones',
  'cuts',
  'videoTrack',
  'waitComplete',
  'encodeResults',
  'deinterlace',
  'priority'
]

/** What stays in the form for the next film. */
const LASTING = [...submitOptionNames, 'encoder', 'metric', 'target'].filter((name) => !OF_ONE_FILM.includes(name))

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
