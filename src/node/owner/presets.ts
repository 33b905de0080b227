import { ENCODERS, findEncoder, startParams } from '../../encode/rules/index.ts'
import type { Preset, SubmitRequest } from '../../api/schemas/index.ts'
import type { InstalledEncoder } from '../../encode/index.ts'
import type { EncoderModule } from '../../encode/rules/index.ts'
import { STANDARD_PRESETS, type StandardPreset } from '../config/presets.ts'
import { checkField, SubmitError } from './submit-error.ts'

/** What grav1's own presets take of the parameters that each encoder begins with. */
const STANDARD = {
  archive: { about: 'Slow, for films to keep; 10 bits with SVT-AV1.', of: 'archive' },
  balanced: { about: 'The default of a submission without parameters.', of: undefined },
  quick: { about: 'For a preview, or when time matters more than size.', of: 'quick' }
} as const satisfies Record<StandardPreset, object>

/** All presets of this node: those of grav1, for the versions that are installed, then its own. */
export function listPresets(own: readonly Preset[], installed: readonly InstalledEncoder[]): readonly Preset[] {
  const starts = Object.values(ENCODERS).map((encoder) => ({
    name: encoder.name,
    ...startParams(encoder, installed.find(({ name }) => name === encoder.name)?.facts)
  }))
  const standard = STANDARD_PRESETS.map((name) => {
    const { about, of } = STANDARD[name]
    const params = starts.map(({ name: encoder, defaultParams, presets }) => [
      encoder,
      of === undefined ? defaultParams : presets[of]
    ])
    return { name, about, own: false, params: Object.fromEntries(params) as Preset['params'], options: {} }
  })
  return [...standard, ...own]
}

function paramsOf({ name, params }: Preset, encoder: EncoderModule): string {
  const text = params[encoder.name]
  if (text !== undefined) return text
  const message = `the preset ${name} is not for ${encoder.name}, but for ${Object.keys(params).join(', ')}`
  throw new SubmitError('unknown-preset', message, { field: 'preset' })
}

/**
 * A submission with what its preset stands for written out; what it says itself comes after the preset's parameters and wins.
 * @throws SubmitError `unknown-preset`, `unknown-encoder`
 */
export function withPreset<Request extends SubmitRequest>(
  { preset: name, ...request }: Request,
  presets: readonly Preset[]
): Omit<Request, 'preset'> {
  if (name === undefined) return request
  const preset = presets.find((one) => one.name === name)
  if (preset === undefined) {
    const names = presets.map((one) => one.name).join(', ')
    throw new SubmitError('unknown-preset', `there is no preset "${name}" on this node, which has ${names}`, {
      field: 'preset'
    })
  }
  const encoder = checkField('encoder', () => findEncoder(request.encoder))
  const encoderParams = `${paramsOf(preset, encoder)} ${request.encoderParams ?? ''}`.trim()
  return { ...preset.options, ...request, encoderParams }
}
