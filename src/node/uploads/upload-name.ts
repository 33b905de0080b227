const BYTES_MAX = 200

/** Names that Windows keeps for devices. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i

/** A file name that cannot leave its folder, hide, or mean something to a terminal or a file system, from whatever a browser sent. */
export function uploadName(sent: string): string {
  const last = sent.split(/[\\/]/).at(-1) ?? ''
  const plain = last
    .normalize('NFC')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}<>:"|?*]/gu, '_')
    .replace(/^[.\s]+/, '')
    .replace(/[.\s]+$/, '')
  const name = DEVICE.test(plain) ? `_${plain}` : plain
  return name === '' ? 'upload' : shorten(name)
}

/** The ending stays: the container of the output hangs on it, and people know files by it. */
function shorten(name: string): string {
  if (Buffer.byteLength(name) <= BYTES_MAX) return name
  const ending = /\.[A-Za-z0-9]{1,8}$/.exec(name)?.[0] ?? ''
  let stem = ''
  // By whole characters.
  for (const char of name.slice(0, name.length - ending.length)) {
    if (Buffer.byteLength(stem + char + ending) > BYTES_MAX) break
    stem += char
  }
  return stem + ending
}
