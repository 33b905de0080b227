import { submitOption } from '../../api/submit/options.ts'
import { ENCODERS } from '../../encode/rules/index.ts'
import { presetEncoder } from '../config/presets.ts'
import { CliError } from './errors.ts'
import type { Submission } from './submission.ts'
import type { Preset } from '../../api/schemas/index.ts'

const namesOf = (presets: readonly Preset[]): string => presets.map(({ name }) => name).join(', ')

/** Its own name, where it is called by another. */
export const encoderOf = (given: string): string =>
  Object.values(ENCODERS).find(({ name, aliases }) => name === given || aliases.includes(given))?.name ?? given

/** `preset series: svt --preset=4 --crf=28, --audio opus` */
export function presetLine({ name, params, options }: Preset, encoder: string): string {
  const others = Object.entries(options).map(([option, value]) => {
    const { flag } = submitOption(option as keyof typeof options)
    return value === true ? `--${flag}` : `--${flag} ${String(value)}`
  })
  return [`preset ${name}: ${encoder} ${params[encoder] ?? ''}`, ...others].join(', ')
}

/**
 * The wishes with an encoder that their preset is for, where the user named none; says what the preset stands for.
 * @throws CliError `usage` where the node has no such preset, or it is not for the encoder
 */
export async function choosePreset(submission: Submission): Promise<Submission['wishes']> {
  const { client, options, wishes, io, signal } = submission
  if (wishes.preset === undefined) return wishes
  const presets = await client.presets({ signal })
  const preset = presets.find(({ name }) => name === wishes.preset)
  if (preset === undefined)
    throw new CliError('usage', `--preset: there is no preset "${wishes.preset}"; choose ${namesOf(presets)}.`)
  const isChosen = options['encoder'] !== undefined
  const encoder = isChosen ? encoderOf(wishes.encoder) : presetEncoder(preset)
  if (!(encoder in preset.params))
    throw new CliError(
      'usage',
      `--preset: ${preset.name} is not for ${encoder}, but for ${Object.keys(preset.params).join(', ')}.`
    )
  if (options.json) io.out(JSON.stringify({ event: 'preset', ...preset, encoder }))
  else io.err(presetLine(preset, encoder))
  return isChosen ? wishes : { ...wishes, encoder }
}
