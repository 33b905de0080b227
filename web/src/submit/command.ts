import { submitOption, submitOptionNames, type SubmitOption } from '../../../src/api/submit/options.ts'
import type { SubmitRequest } from '../../../src/api/schemas/index.ts'
import type { Action } from '../ui/quote.ts'

const isWord = (value: unknown): value is string | number => typeof value === 'string' || typeof value === 'number'

/** The words of an option; undefined where a shell would need a file. */
function wordsOf(option: SubmitOption, value: unknown): readonly string[] | undefined {
  const flag = `--${option.flag}`
  if (value === undefined) return []
  if (option.kind === 'switch') return value === true ? [flag] : []
  if (option.kind === 'zones') return undefined
  if (option.kind === 'words' && Array.isArray(value)) return value.filter(isWord).map((word) => `${flag}=${word}`)
  const text = (Array.isArray(value) ? value : [value]).filter(isWord).join(',')
  // What begins with a dash would be taken for another option.
  return text.startsWith('-') ? [`${flag}=${text}`] : [flag, text]
}

/** The same submission for a shell; zones are in a file there, so with them there is no command. */
export function submitAction(request: SubmitRequest): Action {
  const options = submitOptionNames.map((name) => wordsOf(submitOption(name), request[name]))
  const action: Action = { method: 'POST', path: 'api/v2/projects', body: request }
  if (options.includes(undefined)) return action
  const words = options.flatMap((option) => option ?? [])
  return { ...action, command: ['submit', request.input, '--encoder', request.encoder, ...words, '--detach'] }
}
