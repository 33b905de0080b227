/** What came of a chunk that is not complete: none of it is checked. */
export interface Rest {
  bytes: Uint8Array
}

/**
 * Cuts the rest of a blob into its chunks of exactly `chunkBytes`, the last one shorter.
 * They share one buffer, so each lasts until the next is asked for: with a new buffer for each, collecting them took a quarter of the time of a transfer.
 * @param bytes length of all chunks together, the first from its beginning
 * @param rest what is there of the first chunk. When the source ends or fails: what came of the one that is not complete
 */
export function rechunk(
  chunkBytes: number,
  bytes: number,
  rest: Rest
): (source: AsyncIterable<Uint8Array>) => AsyncGenerator<Uint8Array> {
  return async function* (source) {
    let left = bytes
    const buffer = new Uint8Array(Math.min(chunkBytes, left))
    let chunk = buffer
    chunk.set(rest.bytes)
    let filled = rest.bytes.byteLength
    rest.bytes = new Uint8Array()
    try {
      for await (const data of source) {
        for (let from = 0; from < data.byteLength && left > 0;) {
          const part = data.subarray(from, from + chunk.byteLength - filled)
          chunk.set(part, filled)
          filled += part.byteLength
          from += part.byteLength
          if (filled < chunk.byteLength) continue
          const whole = chunk
          left -= whole.byteLength
          chunk = buffer.subarray(0, left)
          filled = 0
          yield whole
        }
      }
    } finally {
      rest.bytes = chunk.subarray(0, filled)
    }
  }
}
