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
  readonly videoTrack: string
  readonly keepUids: boolean
  readonly deinterlace: boolean
  readonly waitComplete: boolean
  readonly encodeResults: boolean
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
  videoTrack: '',
  keepUids: false,
  deinterlace: false,
  waitComplete: false,
  encodeResults: false,
  range: '',
  cuts: '',
  zones: '',
  sample: ''
}

/** Reasons by field; `form` is of none. */
export type Errors = Readonly<Partial<Record<keyof Fields | 'form', string>>>

const NUMBERS = ['minFrames', 'maxFrames', 'threshold', 'priority', 'sample', 'videoTrack', 'target'] as const

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
      ...(fields.keepUids ? { keepUids: true } : {}),
      ...(fields.deinterlace ? { deinterlace: true } : {}),
      ...(fields.waitComplete ? { waitComplete: true } : {}),
      ...(fields.encodeResults ? { encodeResults: true } : {}),
      ...(fields.range.trim() === '' ? {} : { range: fields.range.trim() }),
      ...(cuts.length === 0 ? {} : { cuts }),
      ...(zones.length === 0 ? {} : { zones })
    }
  }
}

/** Fields of codes that are about one thing. */
const FIELD_OF_CODE: Readonly<Record<string, keyof Fields>> = {
  'not-found': 'input',
  'not-a-video': 'input',
  growing: 'input',
  'own-result': 'input',
  'unknown-encoder': 'encoder',
  'no-encoder': 'encoder',
  'bad-params': 'params',
  'output-exists': 'output',
  'output-unwritable': 'output'
}

/** Words by which a sentence of the node says what it is about. */
const FIELD_OF_WORDS: readonly (readonly [RegExp, keyof Fields | 'form'])[] = [
  [/\bkeep.?uids\b/i, 'form'],
  [/^(?:line|zone) \d+:|\bzones?\b/i, 'zones'],
  [/\bcuts?\b/i, 'cuts'],
  [/\brange\b/i, 'range'],
  [/\bthreshold\b/i, 'threshold'],
  [/\bmin.?frames\b|shortest/i, 'minFrames'],
  [/\bmax.?frames\b|longest/i, 'maxFrames'],
  [/\bvideo.?track\b/i, 'videoTrack'],
  [/\bsample\b/i, 'sample'],
  [/\bsubtitles?\b/i, 'subtitles'],
  [/\battachments?\b/i, 'attachments'],
  [/\baudio\b|\bopus\b/i, 'audio'],
  [/\boutput\b/i, 'output'],
  [/\bpriority\b/i, 'priority'],
  [/\binput\b/i, 'input']
]

/** The field that a refusal of the node is about. */
export function fieldOf(code: string, detail: string): keyof Fields | 'form' {
  if (/^(?:line|zone) \d+:/i.test(detail)) return 'zones'
  return FIELD_OF_CODE[code] ?? FIELD_OF_WORDS.find(([words]) => words.test(detail))?.[1] ?? 'form'
}
