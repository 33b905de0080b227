/** Fields whose option has another name than theirs. */
const FLAGS: Readonly<Record<string, string>> = { encoderParams: '--params' }

/** What no option names. */
const ARGUMENTS: ReadonlySet<string> = new Set(['input'])

const flagOf = (field: string): string =>
  FLAGS[field] ?? `--${field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`

/** The sentence of a refusal with the option that it is about, unless it names it itself. */
export function withFlag(field: string | null | undefined, sentence: string): string {
  if (field == null || ARGUMENTS.has(field)) return sentence
  const flag = flagOf(field)
  return sentence.includes(flag) ? sentence : `${flag}: ${sentence}`
}
