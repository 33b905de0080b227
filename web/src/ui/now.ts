import { signal } from '@preact/signals'

const SECOND_MS = 1000

/** The time, updated each second, for ages such as "5 s ago". */
export const nowMs = signal(Date.now())

setInterval(() => {
  nowMs.value = Date.now()
}, SECOND_MS)
