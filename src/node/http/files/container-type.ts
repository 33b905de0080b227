/** Bytes of a file that say what it is. */
export const HEAD_BYTES = 64

export interface ContainerType {
  readonly type: string
  /** With its dot. */
  readonly extension: string
}

/** What a finished file is, by its first bytes. */
export function containerType(head: Uint8Array): ContainerType {
  const text = Buffer.from(head.subarray(0, HEAD_BYTES)).toString('latin1')
  if (text.startsWith('\u001aE\u00df\u00a3'))
    return text.includes('webm')
      ? { type: 'video/webm', extension: '.webm' }
      : { type: 'video/x-matroska', extension: '.mkv' }
  if (text.slice(4, 8) === 'ftyp') return { type: 'video/mp4', extension: '.mp4' }
  return { type: 'application/octet-stream', extension: '.bin' }
}
