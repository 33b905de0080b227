/** Why a machine rests, as the API tells. */
export interface ShownRest {
  readonly code: 'schedule' | 'on-battery' | 'too-hot' | 'in-use'
  /** In milliseconds since 1970; null where nobody knows. */
  readonly untilMs: number | null
  readonly detail: string
}

const DAY_MS = 24 * 3_600_000
const two = (value: number): string => String(value).padStart(2, '0')

/** `22:00`, or `Sat 22:00` where that is not today's next one. */
function timeText(atMs: number, nowMs: number): string {
  const at = new Date(atMs)
  const time = `${two(at.getHours())}:${two(at.getMinutes())}`
  return atMs - nowMs < DAY_MS ? time : `${at.toLocaleDateString('en-GB', { weekday: 'short' })} ${time}`
}

/** Completes "paused": `until 22:00`, `: on battery`. @param nowMs since 1970 */
export function restWords({ code, untilMs, detail }: ShownRest, nowMs: number): string {
  switch (code) {
    case 'schedule':
      return untilMs === null ? ' by its schedule' : ` until ${timeText(untilMs, nowMs)}`
    case 'on-battery':
      return ': on battery'
    case 'too-hot':
      return `: the processor is at ${detail}`
    case 'in-use':
      return ': somebody uses this machine'
    default:
      return code satisfies never
  }
}
