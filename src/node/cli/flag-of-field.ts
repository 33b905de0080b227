import { flagOf } from '../../api/submit/options.ts'

/** The sentence of a refusal with the option that it is about, unless it names it itself. */
export function withFlag(field: string | null | undefined, sentence: string): string {
  const flag = field == null ? undefined : flagOf(field)
  return flag === undefined || sentence.includes(flag) ? sentence : `${flag}: ${sentence}`
}
