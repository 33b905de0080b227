/** Cuts a byte stream into chunks of exactly `chunkBytes`, the last one shorter. */
export function rechunk(chunkBytes: number): (source: AsyncIterable<Uint8Array>) => AsyncGenerator<Uint8Array> {
  return async function* (source) {
    let chunk = new Uint8Array(chunkBytes)
    let filled = 0
    for await (const data of source) {
      for (let from = 0; from < data.byteLength;) {
        const part = data.subarray(from, from + chunkBytes - filled)
        chunk.set(part, filled)
        filled += part.byteLength
        from += part.byteLength
        if (filled < chunkBytes) continue
        yield chunk
        chunk = new Uint8Array(chunkBytes)
        filled = 0
      }
    }
    if (filled > 0) yield chunk.subarray(0, filled)
  }
}
