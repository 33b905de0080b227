import { submitOptionNames, type SubmitOptionName } from '../../../src/api/submit/options.ts'
import { cutsText, zonesText } from './scene-texts.ts'
import { EMPTY, isBox, readMetric, type Fields } from './fields.ts'
import type { SubmitRequest } from '../../../src/api/schemas/index.ts'

const TARGET = / ?--target-quality[= ](xpsnr|psnr|ssim)[:=](\S+)/

function textOf(name: SubmitOptionName, request: SubmitRequest): string {
  if (name === 'zones') return zonesText(request.zones ?? [])
  if (name === 'cuts') return cutsText(request.cuts ?? [])
  if (name === 'tag') return (request.tag ?? []).join('\n')
  const value = request[name]
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

/** The form that asks for this: `requestsOf` the other way round. */
export function fieldsOf(request: SubmitRequest): Fields {
  const options = submitOptionNames.map((name) => {
    const isTicked = request[name] !== undefined && request[name] !== false && request[name] !== 'same'
    return [name, isBox(name) ? isTicked : textOf(name, request)] as const
  })
  const params = request.encoderParams ?? ''
  const [, metric = '', target = ''] = TARGET.exec(params) ?? []
  return {
    ...EMPTY,
    ...Object.fromEntries(options),
    input: request.input,
    encoder: request.encoder,
    encoderParams: params.replace(TARGET, '').trim(),
    metric: readMetric(metric),
    target
  }
}
