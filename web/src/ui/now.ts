import { signal } from '@preact/signals'

const SECOND_MS = 1000

/** The time, moving on each second, for what is so long ago. */
export const nowMs = signal(Date.now())

setInterval(() => {
  nowMs.value = Date.now()
}, SECOND_MS)
