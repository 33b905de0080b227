import { computed, signal } from '@preact/signals'
import { projects } from '../store.ts'
import type { SortKey } from './list.ts'

/** A column of the list; the name of a film is always there. `sort`: what a press on its head sorts by. */
export interface Column {
  readonly key: ColumnKey
  readonly name: string
  readonly sort: SortKey | undefined
}

export type ColumnKey =
  | 'picture'
  | 'encoder'
  | 'state'
  | 'progress'
  | 'fps'
  | 'left'
  | 'size'
  | 'picture-size'
  | 'added'
  | 'priority'

export const COLUMNS: readonly Column[] = [
  { key: 'picture', name: 'Picture', sort: undefined },
  { key: 'encoder', name: 'Encoder', sort: 'encoder' },
  { key: 'state', name: 'State', sort: 'state' },
  { key: 'progress', name: 'Progress', sort: 'progress' },
  { key: 'fps', name: 'Speed', sort: 'fps' },
  { key: 'left', name: 'Left', sort: 'left' },
  { key: 'size', name: 'Size', sort: 'size' },
  { key: 'picture-size', name: 'Resolution', sort: 'pixels' },
  { key: 'added', name: 'Added', sort: 'age' },
  { key: 'priority', name: 'Priority', sort: 'priority' }
]

const FIRST: readonly ColumnKey[] = [
  'picture',
  'encoder',
  'state',
  'progress',
  'fps',
  'left',
  'size',
  'added',
  'priority'
]
const KEY = 'grav1-columns'

function kept(): ReadonlySet<ColumnKey> {
  const text = localStorage.getItem(KEY)
  const names = text == null ? FIRST : text.split(' ')
  return new Set(COLUMNS.map(({ key }) => key).filter((key) => (names as readonly string[]).includes(key)))
}

const chosen = signal(kept())

/** A column of pictures without a picture says nothing. */
const hasPictures = computed(() => [...projects.value.values()].some(({ picture }) => picture != null))

/** The columns that this browser shows, in their order. */
export const shownColumns = (): readonly Column[] =>
  COLUMNS.filter(({ key }) => chosen.value.has(key) && (key !== 'picture' || hasPictures.value))

export const isShown = (key: ColumnKey): boolean => chosen.value.has(key)

export function showColumn(key: ColumnKey, on: boolean): void {
  const next = new Set(chosen.value)
  if (on) next.add(key)
  else next.delete(key)
  chosen.value = next
  localStorage.setItem(KEY, [...next].join(' '))
}
