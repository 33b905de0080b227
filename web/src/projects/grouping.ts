import { signal } from '@preact/signals'

const KEY = 'grav1-seasons'

/** Films of a season stand together in the list of this browser. */
export const isGrouped = signal(localStorage.getItem(KEY) !== 'apart')

export function group(on: boolean): void {
  isGrouped.value = on
  localStorage.setItem(KEY, on ? 'together' : 'apart')
}
