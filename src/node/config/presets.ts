import { z } from 'zod'
import { firstIssue } from '../../api/bodies.ts'
import { presetOptions, type Preset } from '../../api/schemas/index.ts'
import { presetOptionNames, submitOption } from '../../api/submit/options.ts'
import { findEncoder, ParamsError } from '../../encode/rules/index.ts'
import { ConfigError } from './error.ts'
import type { ConfigFile } from './sources.ts'

/** Key of the table in the config file. */
export const PRESETS_KEY = 'presets'

/** Names that grav1's own presets have. */
export const STANDARD_PRESETS = ['archive', 'balanced', 'quick'] as const

export type StandardPreset = (typeof STANDARD_PRESETS)[number]

const NAME = /^[a-z\d][\w-]{0,31}$/i

/** A preset as the file has it: keys are the names of the flags, `params` has a text for each encoder. */
const written = z.looseObject({
  about: z.string().max(200).default(''),
  params: z.record(z.string(), z.string())
})

function paramsOf(params: Readonly<Record<string, string>>): Record<string, string> {
  const checked = Object.entries(params).map(([given, text]) => {
    const encoder = findEncoder(given)
    encoder.parseParams(text)
    return [encoder.name, text] as const
  })
  if (checked.length === 0) throw new ParamsError('unknown-encoder', 'params names no encoder.')
  return Object.fromEntries(checked)
}

const knownKeys = (names: ReadonlyMap<string, unknown>): string => ['about', 'params', ...names.keys()].join(', ')

function optionsOf(keys: Readonly<Record<string, unknown>>): Preset['options'] {
  const names = new Map(presetOptionNames.map((name) => [submitOption(name).flag as string, name]))
  const unknown = Object.keys(keys).find((key) => !names.has(key))
  if (unknown !== undefined)
    throw new TypeError(`has the unknown key "${unknown}"; a preset may have ${knownKeys(names)}`)
  return presetOptions.parse(Object.fromEntries(Object.entries(keys).map(([key, value]) => [names.get(key), value])))
}

function readPreset(name: string, value: unknown): Preset {
  if (!NAME.test(name)) throw new TypeError('has a name that is not allowed: use at most 32 letters, digits, - and _')
  if (STANDARD_PRESETS.some((one) => one === name))
    throw new TypeError('has the name of a built-in preset: choose another')
  const { about, params, ...keys } = written.parse(value)
  return { name, about, own: true, params: paramsOf(params), options: optionsOf(keys) }
}

function problemOf(error: unknown): string {
  if (error instanceof z.ZodError) return `is not allowed: ${firstIssue(error)}`
  if (error instanceof ParamsError) return `is not allowed: ${error.message}`
  if (error instanceof TypeError) return error.message
  throw error
}

/** The presets of a config file, in its order. @throws ConfigError that names the preset and the file */
export function readPresets(file: ConfigFile | undefined): readonly Preset[] {
  const table = file?.values[PRESETS_KEY]
  if (file === undefined || table === undefined) return []
  const presets = z.record(z.string(), z.unknown()).safeParse(table)
  if (!presets.success)
    throw new ConfigError('invalid-value', `${PRESETS_KEY} in ${file.path} is not a table: write [presets.<name>].`)
  return Object.entries(presets.data).map(([name, value]) => {
    try {
      return readPreset(name, value)
    } catch (cause) {
      const message = `The preset "${name}" in ${file.path} ${problemOf(cause).replace(/\.$/, '')}.`
      throw new ConfigError('invalid-value', message, { cause })
    }
  })
}

/** What a submission without an encoder is encoded with. */
export const USUAL_ENCODER = 'aom'

/** The encoder of a submission that names none: the usual one, or what its preset is for. */
export function presetEncoder(preset: Preset | undefined): string {
  if (preset === undefined || USUAL_ENCODER in preset.params) return USUAL_ENCODER
  return Object.keys(preset.params)[0] ?? USUAL_ENCODER
}
