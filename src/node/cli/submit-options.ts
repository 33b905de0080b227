import { resolve } from 'node:path'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { submitRequest as requestSchema, type SubmitRequest } from '../../api/schemas/index.ts'
import { flagOf, flagsOf, submitOption, submitOptionNames, type SubmitOption } from '../../api/submit/options.ts'
import { firstField } from '../../api/bodies.ts'
import type { FilmGrain } from '../../encode/rules/index.ts'
import { USUAL_ENCODER } from '../config/presets.ts'
import { CliError } from './errors.ts'
import { withFlag } from './flag-of-field.ts'
import { readCuts, readGrain, readScenes, readZones } from './scene-files.ts'

const wishes = requestSchema.omit({ input: true })

/** Values as commander has them, by the camel-case names of the flags. */
export type GivenOptions = Readonly<Record<string, unknown>>

const TARGET = new Option(
  '-t, --target-quality <metric=value>',
  'quality that each scene gets, e.g. xpsnr=40 or psnr=42 (dB) or ssim=0.98; after commas min-q=20, max-q=50, probes=3, over=p5'
)

const PHOTON_NOISE = new Option(
  '--photon-noise <iso>',
  'film grain of a camera at this ISO, 100 to 6400, which players add (aom, svt)'
)
const GRAIN_TABLE = new Option(
  '--grain-table <file>',
  'film grain from a table (filmgrn1); several entries become zones (aom, svt)'
)

/** What a scenes file says, no other option may say. */
const SCENES = new Option(
  '--scenes <file>',
  'scenes file of Av1an: where scenes start, and their parameters; instead of --cuts, --zones, --min-frames, --max-frames and --threshold'
)
const SAID_BY_SCENES = ['cuts', 'zones', 'minFrames', 'maxFrames', 'threshold', 'frames', 'range'] as const

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

const collect = (word: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), word]

function toOption(option: SubmitOption): Option {
  const { help, standard } = option
  const made = new Option(flagsOf(option), standard === undefined ? help : `${help} (default: ${standard})`)
  if (option.kind === 'choice') return made.choices(option.choices)
  if (option.kind === 'number') return made.argParser(number)
  if (option.kind === 'words') return made.argParser(collect)
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
    if (name === 'encoderParams') for (const beside of [TARGET, PHOTON_NOISE, GRAIN_TABLE]) command.addOption(beside)
    if (name === 'cuts') command.addOption(SCENES)
  }
  return command
}

/** The parameters with those that have an option of their own. */
function paramsOf({ params, targetQuality, photonNoise }: GivenOptions, grain: FilmGrain | undefined): unknown {
  const beside = [
    ['target-quality', targetQuality],
    ['photon-noise', photonNoise],
    ['grain-table', grain?.value]
  ].flatMap(([name, value]) => (typeof value === 'string' ? [`--${String(name)}=${value}`] : []))
  return beside.length === 0 ? params : [typeof params === 'string' ? params : '', ...beside].join(' ').trim()
}

/** The table of `--grain-table`. @throws CliError `usage` for one that cannot be used */
async function grainOf(given: GivenOptions, cwd: string): Promise<FilmGrain | undefined> {
  const { grainTable } = given
  if (typeof grainTable !== 'string') return undefined
  const grain = await readGrain('--grain-table', grainTable, cwd)
  const twice = grain.zones.length === 0 ? undefined : ['zones', 'scenes'].find((name) => given[name] !== undefined)
  if (twice === undefined) return grain
  throw new CliError('usage', `--grain-table: the entries of ${grainTable} become zones; leave out --${twice}.`)
}

async function valueOf({ kind, flag }: SubmitOption, given: unknown, cwd: string): Promise<unknown> {
  if (typeof given !== 'string') return given
  if (kind === 'path') return resolve(cwd, given)
  if (kind === 'positions') return readCuts(`--${flag}`, given, cwd)
  return kind === 'zones' ? readZones(`--${flag}`, given, cwd) : given
}

const attributeOf = (flag: string): string => flag.replace(/-[a-z]/g, (pair) => pair.slice(1).toUpperCase())

/** What the file of `--scenes` says; nothing without it. @throws CliError `usage` */
async function sceneValues(given: GivenOptions, cwd: string): Promise<Readonly<Record<string, unknown>>> {
  const file = given['scenes']
  if (typeof file !== 'string') return {}
  const twice = SAID_BY_SCENES.find((name) => given[name] !== undefined)
  if (twice !== undefined)
    throw new CliError(
      'usage',
      `--scenes says where every scene of the whole source starts; leave out ${flagOf(twice)}.`
    )
  const { wishes: found, encoder, params } = await readScenes('--scenes', file, cwd)
  const hasParams = ['params', 'targetQuality', 'photonNoise', 'grainTable', 'preset'].some(
    (name) => given[name] !== undefined
  )
  return {
    ...found,
    ...(given['encoder'] !== undefined || encoder === undefined ? {} : { encoder }),
    ...(hasParams || params === undefined ? {} : { encoderParams: params })
  }
}

/** What every input is submitted with: paths are absolute, files are read. @throws CliError `usage` that names the flag, and the line */
export async function submitOptionValues(given: GivenOptions, cwd: string): Promise<Omit<SubmitRequest, 'input'>> {
  const values: Record<string, unknown> = { encoder: given['encoder'] ?? USUAL_ENCODER }
  const grain = await grainOf(given, cwd)
  for (const name of submitOptionNames) {
    const option = submitOption(name)
    const asTyped = given[attributeOf(option.flag)]
    const typed = name === 'encoderParams' ? paramsOf(given, grain) : asTyped
    const value = await valueOf(option, typed, cwd)
    if (value !== undefined) values[name] = value
  }
  if (grain !== undefined && grain.zones.length > 0) values['zones'] = grain.zones
  Object.assign(values, await sceneValues(given, cwd))
  const read = wishes.safeParse(values)
  if (read.success) return read.data
  throw new CliError('usage', withFlag(firstField(read.error), read.error.issues[0]?.message ?? ''), {
    cause: read.error
  })
}
