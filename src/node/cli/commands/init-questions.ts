import { type Chosen, type ConfigKey, type ConfigOption, configOptions, standardOf } from '../../config/index.ts'
import type { CliIo } from '../io.ts'
import { saysYes } from '../says-yes.ts'

interface Question {
  readonly key: ConfigKey
  readonly text: string
  /** Of an answer what the file says; undefined leaves the default. */
  readonly read: (answer: string) => string | readonly string[] | undefined
}

const plain = (answer: string): string | undefined => answer || undefined

const list = (answer: string): readonly string[] | undefined => {
  const items = answer.split(',').map((item) => item.trim())
  return items.some((item) => item !== '') ? items.filter((item) => item !== '') : undefined
}

/** All that most nodes need to be told. */
const QUESTIONS: readonly Question[] = [
  { key: 'name', text: 'What is this machine called?', read: plain },
  { key: 'workers', text: 'How many scenes may it encode at once? (auto, a number, or 0 for none)', read: plain },
  { key: 'media', text: 'Which folders hold films? (full paths, separated by commas)', read: list },
  { key: 'bootstrap', text: 'Address of another node to join? (empty: look on the local network)', read: list },
  {
    key: 'apiHost',
    text: 'May other machines open its web client, with its token? [y/N]',
    read: (answer) => (saysYes(answer) ? '0.0.0.0' : undefined)
  }
]

async function answerTo(ask: NonNullable<CliIo['ask']>, io: Pick<CliIo, 'err'>, question: Question) {
  const { key, text, read } = question
  const option: ConfigOption = configOptions[key]
  const standard = text.endsWith(']') ? '' : ` [${standardOf(option)}]`
  for (;;) {
    const value = read((await ask(`${text}${standard} `)).trim())
    if (value === undefined || (await option.schema.safeParseAsync(value)).success) return value
    io.err(`That is not allowed; use ${option.allowed}, or nothing for the default.`)
  }
}

/** Asks for what no option said; an empty answer leaves the default, which the file then does not name. */
export async function askForAll(
  ask: NonNullable<CliIo['ask']>,
  io: Pick<CliIo, 'err'>,
  given: Chosen
): Promise<Chosen> {
  const chosen: Partial<Record<ConfigKey, string | readonly string[]>> = {}
  for (const question of QUESTIONS) {
    if (given[question.key] !== undefined) continue
    const value = await answerTo(ask, io, question)
    if (value !== undefined) chosen[question.key] = value
  }
  return chosen
}
