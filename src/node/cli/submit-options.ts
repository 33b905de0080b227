import { resolve } from 'node:path'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { submitRequest as requestSchema, type SubmitRequest } from '../../api/schemas/index.ts'
import { flagsOf, submitOption, submitOptionNames, type SubmitOption } from '../../api/submit/options.ts'
import { firstField } from '../../api/bodies.ts'
import { USUAL_ENCODER } from '../config/presets.ts'
import { CliError } from './errors.ts'
import { withFlag } from './flag-of-field.ts'
import { readCuts, readZones } from './scene-files.ts'

const wishes = requestSchema.omit({ input: true })

/** Values as commander has them, by the camel-case names of the flags. */
export type GivenOptions = Readonly<Record<string, unknown>>

const TARGET = new Option(
  '-t, --target-quality <metric=value>',
  'quality that each scene gets, e.g. xpsnr=40 or psnr=42 (dB) or ssim=0.98; after commas min-q=20, max-q=50, probes=3, over=p5'
)

function number(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (Number.isFinite(value)) return value
  throw new InvalidArgumentError('It must be a number.')
}

function wholeNumber(text: string): number {
  const value = number(text)
  if (Number.isSafeInteger(value)) return value
  throw new InvalidArgumentError('It must be a whole number.')
}

function toOption(option: SubmitOption): Option {
  const { help, standard } = option
  const made = new Option(flagsOf(option), standard === undefined ? help : `${help} (default: ${standard})`)
  if (option.kind === 'choice') return made.choices(option.choices)
  if (option.kind === 'number') return made.argParser(number)
  return option.kind === 'whole' ? made.argParser(wholeNumber) : made
}

/** Adds the options of a submission, from the one table. */
export function addSubmitOptions(command: Command): Command {
  command.option(
    '-e, --encoder <name>',
    `aom, vp9, svt, svt-av or vp9-av; "grav1 encoders" lists those of this machine (default: ${USUAL_ENCODER}, or what the preset is for)`
  )
  for (const name of submitOptionNames) {
    command.addOption(toOption(submitOption(name)))
    // It is one of the parameters.
    if (name === 'encoderParams') command.addOption(TARGET)
  }
  return command
}

function paramsOf(params: unknown, target: unknown): unknown {
  if (typeof target !== 'string') return params
  return `${typeof params === 'string' ? params : ''} --target-quality=${target}`.trim()
}

async function valueOf({ kind, flag }: SubmitOption, given: unknown, cwd: string): Promise<unknown> {
  if (typeof given !== 'string') return given
  if (kind === 'path') return resolve(cwd, given)
  if (kind === 'positions') return readCuts(`--${flag}`, given, cwd)
  return kind === 'zones' ? readZones(`--${flag}`, given, cwd) : given
}

const attributeOf = (flag: string): string => flag.replace(/-[a-z]/g, (pair) => pair.slice(1).toUpperCase())

/** What every input is submitted with: paths are absolute, files are read. @throws CliError `usage` that names the flag, and the line */
export async function submitOptionValues(given: GivenOptions, cwd: string): Promise<Omit<SubmitRequest, 'input'>> {
  const values: Record<string, unknown> = { encoder: given['encoder'] ?? USUAL_ENCODER }
  for (const name of submitOptionNames) {
    const option = submitOption(name)
    const asTyped = given[attributeOf(option.flag)]
    const typed = name === 'encoderParams' ? paramsOf(asTyped, given['targetQuality']) : asTyped
    const value = await valueOf(option, typed, cwd)
    if (value !== undefined) values[name] = value
  }
  const read = wishes.safeParse(values)
  if (read.success) return read.data
  throw new CliError('usage', withFlag(firstField(read.error), read.error.issues[0]?.message ?? ''), {
    cause: read.error
  })
}
