import type { Readable } from 'node:stream'

/** Longest line of the formats read here (framehash, framecrc, CSV), with room. */
const LINE_CHARS_MAX = 64 * 1024

/** Complete lines of a stream; a last line without its end is one too. Lines over the limit end the reading with an error. */
export async function* readLines(stream: Readable): AsyncGenerator<string, void, undefined> {
  let rest = ''
  stream.setEncoding('utf8')
  for await (const chunk of stream as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > LINE_CHARS_MAX) throw new RangeError('a line is too long')
    yield* lines
  }
  if (rest !== '') yield rest
}
