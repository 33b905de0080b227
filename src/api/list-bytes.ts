/** A JSON list of texts as bytes, made again only where one of them is another than before: who polls mostly gets the same. */
export function createListBytes(): (texts: readonly string[]) => Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder()
  let before: readonly string[] = []
  let bytes = encoder.encode('[]')
  return (texts) => {
    if (texts.length !== before.length || texts.some((text, at) => text !== before[at])) {
      bytes = encoder.encode(`[${texts.join(',')}]`)
      before = texts
    }
    return bytes
  }
}
