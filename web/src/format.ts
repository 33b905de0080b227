/** The languages that the reader chose in the browser: dates and numbers follow them, whatever the browser's own menus speak. */
export const LOCALES: readonly string[] = navigator.languages

// `toLocaleString` makes one of these each time.
const wholeFormat = new Intl.NumberFormat([...LOCALES], { maximumFractionDigits: 0 })

/** A number without decimals: `14,315`. */
export const whole = (value: number): string => wholeFormat.format(value)

/** `1 scene`, `2 scenes`, `1,234 scenes`. */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${whole(count)} ${count === 1 ? one : many}`

/** Bytes as people read them: `614.9 KiB`. */
export function bytes(count: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  let value = count
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${unit === 0 ? value : value.toFixed(value < 100 ? 1 : 0)} ${units[unit]}`
}

/** A length of time with its two largest units: `2 d 3 h`, `5 min 20 s`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  const parts = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor(whole / 3600) % 24, 'h'],
    [Math.floor(whole / 60) % 60, 'min'],
    [whole % 60, 's']
  ] as const
  const first = parts.findIndex(([value]) => value > 0)
  if (first === -1) return '0 s'
  return parts
    .slice(first, first + 2)
    .filter(([value], index) => index === 0 || value > 0)
    .map(([value, unit]) => `${value} ${unit}`)
    .join(' ')
}

/** Frames a second, with more places where there are few. */
export function fps(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} fps`
}

/** A share of work that still runs: never more than there is, and 100 % only where nothing is left. */
export const sharePercent = (share: number): string => `${Math.floor(100 * Math.min(1, Math.max(0, share)))} %`

export function percent(share: number): string {
  return `${(100 * share).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`
}

/** A place in the film: `0:12:34.5`. */
export function filmTime(seconds: number): string {
  const h = Math.floor(seconds / 3600)
  const min = Math.floor(seconds / 60) % 60
  const s = (seconds % 60).toFixed(1)
  return `${h}:${String(min).padStart(2, '0')}:${s.padStart(4, '0')}`
}

const timeFormat = new Intl.DateTimeFormat([...LOCALES], { hour: '2-digit', minute: '2-digit', second: '2-digit' })
const hourFormat = new Intl.DateTimeFormat([...LOCALES], { hour: '2-digit', minute: '2-digit' })
const dayFormat = new Intl.DateTimeFormat([...LOCALES], { dateStyle: 'short' })

/** A time of day, with the date where it is not today's. */
export function clock(atMs: number, nowMs = Date.now()): string {
  const isToday = new Date(atMs).toDateString() === new Date(nowMs).toDateString()
  return isToday ? timeFormat.format(atMs) : dateTime(atMs)
}

/** A date and the time of day. */
export const dateTime = (atMs: number): string => `${day(atMs)} ${timeFormat.format(atMs)}`

/** A date. */
export const day = (atMs: number): string => dayFormat.format(atMs)

/** A time of day without seconds. */
export const hour = (atMs: number): string => hourFormat.format(atMs)

/** The end of a peer id: its start is the same for all. */
export const shortId = (peerId: string): string => `…${peerId.slice(-6)}`

/** How a peer is called: its own name for itself, which anybody can take, and the end of its id, which nobody can. */
export const peerName = (name: string, peerId: string): string =>
  name === '' ? shortId(peerId) : `${name} ${shortId(peerId)}`

/** The number of a scene as people see it: `00001` is the first. */
export const sceneName = (scene: number): string => String(scene + 1).padStart(5, '0')
