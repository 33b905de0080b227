import { signal } from '@preact/signals'

/** The player goes on with the next finished scene when one ends. */
export const playOn = signal(false)
