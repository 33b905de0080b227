const NAME_CHARS_MAX = 150

/** Names that Windows gives to devices. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)$/i

/** A file name that is no path, hides nothing and shows nothing but itself, from text that came from anybody. */
export function downloadName(stem: string, extension: string): string {
  const plain = stem
    .toWellFormed()
    // Control and format characters, among them those that turn the direction of reading.
    .replaceAll(/[\p{C}\u2028\u2029]/gu, '')
    .replaceAll(/[/\\:*?"<>|]/g, '_')
    .replace(/^[\s.]+/, '')
    .slice(0, NAME_CHARS_MAX)
    .toWellFormed()
    .trim()
  return `${plain === '' || DEVICE.test(plain) ? 'film' : plain}${extension}`
}
