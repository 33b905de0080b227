/** Minutes of a week from Monday 00:00 on, `from` included and `to` not. A range may go over the end of the week. */
interface WeekRange {
  readonly from: number
  readonly to: number
}

/** When a machine may work, in local time. Undefined: always. */
export type Schedule = readonly WeekRange[] | undefined

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
const DAY_MINUTES = 24 * 60
const WEEK_MINUTES = 7 * DAY_MINUTES
const MINUTE_MS = 60_000
const RANGES_MAX = 64

const ITEM = /^(?:([a-z]{3})(?:-([a-z]{3}))?)?\s*(?:(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2}))?$/

function dayOf(name: string): number {
  const day = DAYS.findIndex((one) => one === name)
  if (day < 0) throw new TypeError(`"${name}" is not a day: use ${DAYS.join(', ')}`)
  return day
}

function minuteOf(hours = '', minutes = ''): number {
  const minute = Number(hours) * 60 + Number(minutes)
  if (Number(minutes) > 59 || minute > DAY_MINUTES)
    throw new TypeError(`"${hours}:${minutes}" is not a time: use 00:00 to 24:00`)
  return minute
}

/** `fri-mon` are four days. */
function daysOf(first: string | undefined, last = first): number[] {
  if (first === undefined || last === undefined) return [...DAYS.keys()]
  const from = dayOf(first)
  return Array.from({ length: ((dayOf(last) - from + 7) % 7) + 1 }, (_, more) => (from + more) % 7)
}

function rangesOf(item: string): WeekRange[] {
  const match = ITEM.exec(item)
  const [, first, last, fromHour, fromMinute, toHour, toMinute] = match ?? []
  if (match === null || (first === undefined && fromHour === undefined))
    throw new TypeError(`"${item}" is not valid: write 22:00-07:00, sat, or mon-fri 18:00-08:00`)
  const from = fromHour === undefined ? 0 : minuteOf(fromHour, fromMinute)
  const to = toHour === undefined ? DAY_MINUTES : minuteOf(toHour, toMinute)
  // A night belongs to the day on which it begins.
  const minutes = to > from ? to - from : to + DAY_MINUTES - from
  return daysOf(first, last).map((day) => ({ from: day * DAY_MINUTES + from, to: day * DAY_MINUTES + from + minutes }))
}

/**
 * Reads `22:00-07:00,sat,mon-fri 12:00-13:00`: times of every day, whole days, or times of some days; it is open where one of them is. `off`: always open.
 * @throws TypeError that says what is wrong
 */
export function parseSchedule(text: string): Schedule {
  const plain = text.trim().toLowerCase()
  if (plain === 'off') return undefined
  const ranges = plain.split(',').flatMap((item) => rangesOf(item.trim()))
  if (ranges.length > RANGES_MAX) throw new TypeError(`more than ${RANGES_MAX} ranges`)
  return ranges
}

/** Of the local week. */
function weekMinute(nowMs: number): number {
  const now = new Date(nowMs)
  return ((now.getDay() + 6) % 7) * DAY_MINUTES + now.getHours() * 60 + now.getMinutes()
}

const isOpenAt = (ranges: readonly WeekRange[], nowMs: number): boolean => {
  const minute = weekMinute(nowMs)
  return ranges.some(({ from, to }) => (minute >= from && minute < to) || minute + WEEK_MINUTES < to)
}

export interface Opening {
  readonly open: boolean
  /** When that changes, in milliseconds since 1970; undefined: not within eight days. */
  readonly untilMs: number | undefined
}

/** Whether a machine may work, and until when. It looks at every minute of the local clock, so that a change of the clock needs no rule of its own. */
export function openingOf(schedule: Schedule, nowMs: number): Opening {
  if (schedule === undefined) return { open: true, untilMs: undefined }
  const open = isOpenAt(schedule, nowMs)
  const endMs = nowMs + (WEEK_MINUTES + DAY_MINUTES) * MINUTE_MS
  for (let atMs = nowMs - (nowMs % MINUTE_MS) + MINUTE_MS; atMs < endMs; atMs += MINUTE_MS)
    if (isOpenAt(schedule, atMs) !== open) return { open, untilMs: atMs }
  return { open, untilMs: undefined }
}
