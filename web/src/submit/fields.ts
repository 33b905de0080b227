import type { SubmitRequest } from '../../../src/api/schemas/index.ts'
import { readCuts, readZones } from './scene-texts.ts'

/** What the form holds, as it was typed. */
export interface Fields {
  readonly input: string
  readonly encoder: string
  readonly params: string
  readonly metric: '' | 'psnr' | 'ssim'
  readonly target: string
  readonly priority: string
  readonly output: string
  readonly overwrite: boolean
  readonly compatible: boolean
  readonly minFrames: string
  readonly maxFrames: string
  readonly threshold: string
  readonly audio: string
  readonly subtitles: 'copy' | 'drop'
  readonly attachments: 'copy' | 'drop'
  readonly deinterlace: boolean
  readonly range: string
  readonly cuts: string
  readonly zones: string
  readonly sample: string
}

export const EMPTY: Fields = {
  input: '',
  encoder: 'aom',
  params: '',
  metric: '',
  target: '',
  priority: '',
  output: '',
  overwrite: false,
  compatible: false,
  minFrames: '',
  maxFrames: '',
  threshold: '',
  audio: '',
  subtitles: 'copy',
  attachments: 'copy',
  deinterlace: false,
  range: '',
  cuts: '',
  zones: '',
  sample: ''
}

/** Reasons by field; `form` is of none. */
export type Errors = Readonly<Partial<Record<keyof Fields | 'form', string>>>

const NUMBERS = ['minFrames', 'maxFrames', 'threshold', 'priority', 'sample', 'target'] as const

/** The parameters with the target quality, which is one of them. */
export function paramsOf({ params, metric, target }: Fields): string {
  return `${params.trim()}${metric === '' ? '' : ` --target-quality=${metric}:${target.trim()}`}`.trim()
}

/** The request that the form asks for, or what of it cannot be. The rest is for the node to judge. */
export function requestOf(
  fields: Fields
):
  | { readonly request: SubmitRequest; readonly errors?: never }
  | { readonly errors: Errors; readonly request?: never } {
  const errors: Record<string, string> = {}
  if (fields.input.trim() === '')
    errors['input'] = 'Choose the film: type a path on the node, or choose or drop a file.'
  const numbers: Record<string, number> = {}
  for (const name of NUMBERS) {
    const text = fields[name].trim()
    if (text === '') continue
    const number = Number(text)
    if (Number.isFinite(number)) numbers[name] = number
    else errors[name] = `“${text}” is not a number.`
  }
  if (fields.metric !== '' && fields.target.trim() === '')
    errors['target'] = 'Enter the quality to reach, for example 42 (dB) for psnr or 0.98 for ssim.'
  const cuts = readCuts(fields.cuts)
  const zones = readZones(fields.zones)
  if (typeof cuts === 'string') errors['cuts'] = cuts
  if (typeof zones === 'string') errors['zones'] = zones
  if (Object.keys(errors).length > 0 || typeof cuts === 'string' || typeof zones === 'string') return { errors }
  const params = paramsOf(fields)
  const { target: _, ...options } = numbers
  return {
    request: {
      input: fields.input.trim(),
      encoder: fields.encoder,
      ...(params === '' ? {} : { encoderParams: params }),
      ...options,
      ...(fields.output.trim() === '' ? {} : { output: fields.output.trim() }),
      ...(fields.overwrite ? { overwrite: true } : {}),
      ...(fields.compatible ? { builds: 'compatible' as const } : {}),
      ...(fields.audio.trim() === '' ? {} : { audio: fields.audio.trim() }),
      ...(fields.subtitles === 'copy' ? {} : { subtitles: fields.subtitles }),
      ...(fields.attachments === 'copy' ? {} : { attachments: fields.attachments }),
      ...(fields.deinterlace ? { deinterlace: true } : {}),
      ...(fields.range.trim() === '' ? {} : { range: fields.range.trim() }),
      ...(cuts.length === 0 ? {} : { cuts }),
      ...(zones.length === 0 ? {} : { zones })
    }
  }
}

/** Fields of the form that have another name than what they become. */
const FIELDS: Readonly<Record<string, keyof Fields>> = { encoderParams: 'params', builds: 'compatible' }

/** Where the form shows a refusal that is about such a part of the request. */
export function fieldOf(part: string | undefined): keyof Fields | 'form' {
  if (part === undefined) return 'form'
  const name = FIELDS[part] ?? part
  return name in EMPTY ? (name as keyof Fields) : 'form'
}
