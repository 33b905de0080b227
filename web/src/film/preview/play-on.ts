import { signal } from '@preact/signals'

/** The player goes on with the next finished scene when one ends. */
export const playOn = signal(false)

/** Grows each time that somebody wants to see all from the beginning, also where the first scene is shown already. */
export const playAllAsked = signal(0)
