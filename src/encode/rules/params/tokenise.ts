import { ParamsError } from '../errors.ts'

/** Longest parameter text; the longest sensible command line is about 1,000 characters. */
export const PARAMS_CHARS_MAX = 4096

/**
 * Splits a parameter text at white space, as a shell would, but knowing nothing of a shell besides plain quotes: no variables, escapes, globs or commands.
 * @throws ParamsError `too-long` or `bad-syntax`
 */
export function tokenise(text: string): string[] {
  if (text.length > PARAMS_CHARS_MAX)
    throw new ParamsError('too-long', `Encoder parameters are longer than ${PARAMS_CHARS_MAX} characters.`)
  const tokens: string[] = []
  let token: string | undefined
  let quote: string | undefined
  for (const char of text) {
    if (quote !== undefined) {
      if (char === quote) quote = undefined
      else token = (token ?? '') + char
    } else if (char === '"' || char === "'") {
      quote = char
      token ??= ''
    } else if (/\s/.test(char)) {
      if (token !== undefined) tokens.push(token)
      token = undefined
    } else {
      token = (token ?? '') + char
    }
  }
  if (quote !== undefined)
    throw new ParamsError('bad-syntax', `A quote (${quote}) in the encoder parameters is not closed.`)
  if (token !== undefined) tokens.push(token)
  return tokens
}
