import { submitOption, submitOptionNames, type SubmitOptionName } from '../../../src/api/submit/options.ts'
import { readCuts, readZones } from './scene-texts.ts'
import type { SubmitRequest } from '../../../src/api/schemas/index.ts'

/** What an option is in the form: ticked or not, or as it was typed. */
type Held = string | boolean

type OptionFields = { readonly [Name in SubmitOptionName]: Held }

/** A film that was chosen. */
export interface ChosenFilm {
  /** What is submitted: a path on the node, or an upload. */
  readonly input: string
  /** What people know it by. */
  readonly name: string
}

/** What a quality can be asked for in, as the form names it; empty: none is asked for. */
export const METRICS = { '': 'none: use the parameters', xpsnr: 'XPSNR, dB', psnr: 'PSNR, dB', ssim: 'SSIM' } as const

export type Metric = keyof typeof METRICS

export const readMetric = (text: string): Metric => (Object.hasOwn(METRICS, text) ? (text as Metric) : '')

/** What the form holds. */
export interface Fields extends OptionFields {
  /** A path that was typed. */
  readonly input: string
  readonly films: readonly ChosenFilm[]
  readonly encoder: string
  readonly encoderParams: string
  readonly metric: Metric
  readonly target: string
}

/** Whether the form has a box to tick for it. */
export function isBox(name: SubmitOptionName): boolean {
  const { kind, form } = submitOption(name)
  return kind === 'switch' || form?.ticked !== undefined
}

export const EMPTY: Fields = {
  ...(Object.fromEntries(submitOptionNames.map((name) => [name, isBox(name) ? false : ''])) as OptionFields),
  input: '',
  films: [],
  encoder: 'aom',
  encoderParams: '',
  metric: '',
  target: ''
}

/** Reasons by field; `form` is of none. */
export type Errors = Readonly<Partial<Record<keyof Fields | 'form', string>>>

/** The parameters with the target quality, which is one of them. */
export function paramsOf({ encoderParams, metric, target }: Fields): string {
  return `${encoderParams.trim()}${metric === '' ? '' : ` --target-quality=${metric}:${target.trim()}`}`.trim()
}

type Read = { readonly value: unknown; readonly error?: never } | { readonly error: string; readonly value?: never }

function readNumber(text: string): Read {
  const value = Number(text)
  return Number.isFinite(value) ? { value } : { error: `“${text}” is not a number.` }
}

function readList(read: readonly unknown[] | string): Read {
  if (typeof read === 'string') return { error: read }
  return { value: read.length === 0 ? undefined : read }
}

const linesOf = (text: string): readonly string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')

/** What an option asks for; undefined where it was left as it is. */
function readOption(name: SubmitOptionName, held: Held): Read {
  const option = submitOption(name)
  if (typeof held === 'boolean') return { value: held ? (option.form?.ticked ?? true) : undefined }
  const text = held.trim()
  if (text === '') return { value: undefined }
  const { kind } = option
  if (kind === 'number' || kind === 'whole') return readNumber(text)
  if (kind === 'positions') return readList(readCuts(held))
  if (kind === 'words') return readList(linesOf(held))
  return kind === 'zones' ? readList(readZones(held)) : { value: text }
}

/** The films of the form, in order. */
export function filmsOf({ films, input }: Fields): readonly ChosenFilm[] {
  const typed = input.trim()
  return typed === '' || films.some((film) => film.input === typed) ? films : [...films, { input: typed, name: typed }]
}

/** The requests that the form asks for, one for each film, or what of it cannot be. The rest is for the node to judge. */
export function requestsOf(
  fields: Fields
):
  | { readonly requests: readonly [SubmitRequest, ...SubmitRequest[]]; readonly errors?: never }
  | { readonly errors: Errors; readonly requests?: never } {
  const errors: Record<string, string> = {}
  const asked: Record<string, unknown> = {}
  const [first, ...others] = filmsOf(fields)
  if (first === undefined) errors['input'] = 'Choose the film: type a path on the node, or choose or drop a file.'
  if (others.length > 0 && String(fields.output).trim() !== '')
    errors['output'] = 'Several films cannot share one output. Leave it empty to put each file beside its source.'
  if (fields.metric !== '') {
    const target = fields.target.trim()
    // Bounds and the like follow after commas; the node reads them.
    const { error } = readNumber(target.split(',')[0] ?? '')
    if (target === '')
      errors['target'] = 'Enter the quality to reach, for example 40 (dB) for xpsnr, 42 for psnr or 0.98 for ssim.'
    else if (error !== undefined) errors['target'] = error
  }
  for (const name of submitOptionNames) {
    const { value, error } = readOption(name, name === 'encoderParams' ? paramsOf(fields) : fields[name])
    if (error !== undefined) errors[name] = error
    else if (value !== undefined) asked[name] = value
  }
  if (first === undefined || Object.keys(errors).length > 0) return { errors }
  const requestFor = ({ input }: ChosenFilm): SubmitRequest => ({ input, encoder: fields.encoder, ...asked })
  return { requests: [requestFor(first), ...others.map(requestFor)] }
}

/** Where the form shows a refusal that is about such a part of the request. */
export const fieldOf = (part: string | undefined): keyof Fields | 'form' =>
  part !== undefined && part in EMPTY ? (part as keyof Fields) : 'form'
