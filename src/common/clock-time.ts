const DAY_MS = 86_400_000

/** `07:00`, or with its date where that is more than a day away. @param ms time of day */
export function clockTime(ms: number, nowMs = Date.now()): string {
  const at = new Date(ms)
  const two = (value: number): string => String(value).padStart(2, '0')
  const time = `${two(at.getHours())}:${two(at.getMinutes())}`
  if (Math.abs(ms - nowMs) < DAY_MS) return time
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${time}`
}
