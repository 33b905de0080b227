import { crc32 } from 'node:zlib'

/** A value as JSON behind a line with its checksum: otherwise one flipped bit in a path would give another path. */
export function encodeChecked(value: unknown): string {
  const json = JSON.stringify(value)
  return `${sumOf(json)}\n${json}\n`
}

/** @returns the value; undefined when the text was changed. */
export function decodeChecked(text: string): unknown {
  const [sum, json, end] = text.split('\n')
  if (json == null || end !== '' || sum !== sumOf(json)) return undefined
  try {
    return JSON.parse(json) as unknown
  } catch {
    return undefined
  }
}

function sumOf(json: string): string {
  return crc32(json).toString(16).padStart(8, '0')
}
