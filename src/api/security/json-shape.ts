/** Objects and lists within each other: the deepest body of the API has four. */
const DEPTH_MAX = 32
/** Values of a body: as many forced cuts as a film may have scenes, and a name and a value for each. */
const VALUES_MAX = 150_000

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const OPENS = new Set([0x5b, 0x7b])
const CLOSES = new Set([0x5d, 0x7d])

/**
 * What is wrong with the shape of a JSON text, whatever its content: a parser makes many times its bytes of what is deep or has very many values.
 * @returns undefined when nothing is; a text that is no JSON is the parser's to refuse
 */
export function shapeFault(json: Uint8Array): string | undefined {
  let depth = 0
  let values = 1
  for (let index = 0; index < json.length; index += 1) {
    const byte = json[index] ?? 0
    if (byte === QUOTE) index = endOfString(json, index)
    else if (OPENS.has(byte)) depth += 1
    else if (CLOSES.has(byte)) depth -= 1
    else if (byte === COMMA || byte === COLON) values += 1
    if (depth > DEPTH_MAX) return `The body has lists or objects more than ${DEPTH_MAX} deep.`
    if (values > VALUES_MAX) return `The body has more than ${VALUES_MAX} values.`
  }
  return undefined
}

/** Where the string that begins here has its closing quote. */
function endOfString(json: Uint8Array, start: number): number {
  let index = start + 1
  while (index < json.length && json[index] !== QUOTE) index += json[index] === BACKSLASH ? 2 : 1
  return index
}
