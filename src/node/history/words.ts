import { printable } from '../../common/text.ts'

const REASON_CHARS_MAX = 400

/** Text of peers, for a sentence; of a long one the end, where encoders say what went wrong. */
export function oneLine(text: string): string {
  const line = printable(text.replaceAll(/\s+/g, ' ').trim()).replace(/\.+$/, '')
  return line.length > REASON_CHARS_MAX ? `… ${line.slice(-REASON_CHARS_MAX)}` : line
}

export function plural(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? '' : 's'}`
}

/** Whole seconds from now. */
export function secondsOf(ms: number): number {
  return Math.max(0, Math.round(ms / 1000))
}

export function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`
}
