/** A JSON list of texts as bytes, rebuilt only if one of the texts changed: a polling client mostly gets the same bytes. */
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
