import { clipLine, type Line, lineWidth, span } from './line.ts'
import { padToWidth } from '../text-width.ts'

const KEYS: readonly (readonly [string, string])[] = [
  ['↑ ↓', 'choose a row'],
  ['Tab', 'next pane'],
  ['Enter', 'open a film with its scenes'],
  ['Esc', 'back'],
  ['w', 'why a scene is not done'],
  ['x', 'stop a scene here and hand it back'],
  ['+ -', 'slots of this node'],
  ['p', 'pause or resume'],
  ['d', 'drain: finish the running scenes, take no new ones'],
  ['< >', 'move a film up or down the queue'],
  ['c', 'cancel a film'],
  ['D', 'delete a film; u undoes it'],
  ['i', 'how other machines join'],
  ['/', 'filter by text'],
  ['q', 'quit']
]
const KEY_CELLS = 7

/** The keys, in two columns where one is too long. */
export function helpLines({ columns, rows }: { readonly columns: number; readonly rows: number }): Line[] {
  const half = Math.ceil(KEYS.length / 2)
  const isTwo = KEYS.length > rows
  const width = isTwo ? Math.floor(columns / 2) : columns
  const entry = ([key, text]: readonly [string, string], cells: number): Line =>
    clipLine([span(padToWidth(key, KEY_CELLS), 'key'), span(text)], cells)
  if (!isTwo) return KEYS.map((one) => entry(one, columns))
  return KEYS.slice(0, half).map((one, index) => {
    const other = KEYS[index + half]
    const left = entry(one, width - 1)
    return other === undefined
      ? left
      : [...left, span(' '.repeat(Math.max(1, width - lineWidth(left)))), ...entry(other, width)]
  })
}
