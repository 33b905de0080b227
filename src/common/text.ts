/** `74 MiB`, `1.5 GiB`: one decimal below 10. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const
  let value = bytes
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${unit > 0 && value < 9.95 ? value.toFixed(1) : value.toFixed(0)} ${units[unit]}`
}

/** `1 scene`, `2 scenes` */
export const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`

/** Text that another peer chose, without what a terminal would obey. */
export const printable = (text: string): string => text.replaceAll(/\p{Cc}|\p{Cf}/gu, '?')

const REASON_CHARS_MAX = 400

/** Text from a peer as part of a sentence; of a long text only the end, where encoders say what went wrong. */
export function oneLine(text: string): string {
  const line = printable(text.replaceAll(/\s+/g, ' ').trim()).replace(/\.+$/, '')
  return line.length > REASON_CHARS_MAX ? `… ${line.slice(-REASON_CHARS_MAX)}` : line
}

/** The beginning of a text, in whole characters. @param bytesMax of its UTF-8 */
export function firstBytes(text: string, bytesMax: number): string {
  let short = ''
  for (const character of text) {
    if (Buffer.byteLength(short + character) > bytesMax) break
    short += character
  }
  return short
}
