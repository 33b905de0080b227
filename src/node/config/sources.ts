import { readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import envPaths from 'env-paths'
import { parse, TomlError } from 'smol-toml'
import { ConfigError } from './error.ts'
import { PRESETS_KEY } from './presets.ts'
import { type ConfigKey, type ConfigOption, configKeys, configOptions, environmentName } from './options.ts'

/** Key of the table of named nodes in the config file. */
export const NODES_KEY = 'nodes'

/** Values given on the command line, by their name in `Config`, plus the config file to read. */
export type ConfigFlags = Partial<Readonly<Record<ConfigKey | 'config', unknown>>>

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>

/** A value before it is checked, and where it came from. */
export interface RawValue {
  readonly value: unknown
  /** What to call it in an error, e.g. `--workers` or `workers in /home/u/config.toml`. */
  readonly origin: string
  /** Folder that relative paths are meant from. */
  readonly base: string
}

/** A config file after parsing. */
export interface ConfigFile {
  readonly path: string
  readonly values: Readonly<Record<string, unknown>>
}

function parseFile(path: string, text: string): ConfigFile {
  let values: Readonly<Record<string, unknown>>
  try {
    values = parse(text)
  } catch (error) {
    const where = error instanceof TomlError ? ` line ${error.line}` : ''
    const what = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
    throw new ConfigError('config-syntax', `The config file ${path}${where} is not valid TOML: ${what}.`, {
      cause: error
    })
  }
  const known = new Set<string>([...configKeys.map((key) => configOptions[key].flag), PRESETS_KEY, NODES_KEY])
  const unknown = Object.keys(values).find((key) => !known.has(key))
  if (unknown === undefined) return { path, values }
  throw new ConfigError(
    'unknown-key',
    `The config file ${path} has the unknown key "${unknown}"; the known keys are ${[...known].join(', ')}.`
  )
}

/** Path of the config file: `--config`, else `GRAV1_CONFIG`, else `config.toml` in the platform's config folder. */
export function configPlace(flag: unknown, env: Environment, cwd: string): string {
  const named = typeof flag === 'string' ? flag : env['GRAV1_CONFIG'] || undefined
  return named === undefined ? join(envPaths('grav1', { suffix: '' }).config, 'config.toml') : resolve(cwd, named)
}

/** Reads `--config`, else `GRAV1_CONFIG`, else `config.toml` in the platform's config folder if it exists. */
export async function readConfigFile(flag: unknown, env: Environment, cwd: string): Promise<ConfigFile | undefined> {
  const named = typeof flag === 'string' ? flag : env['GRAV1_CONFIG'] || undefined
  const path = configPlace(flag, env, cwd)
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    if (named === undefined && (code === 'ENOENT' || code === 'ENOTDIR')) return undefined
    const origin = typeof flag === 'string' ? '--config' : named === undefined ? 'the default place' : 'GRAV1_CONFIG'
    throw new ConfigError('config-unreadable', `The config file ${path} (from ${origin}) can't be read: ${code}.`, {
      cause: error
    })
  }
  return parseFile(path, text)
}

const splitList = (text: string): string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')

/** The value of the highest source that has one: flags, environment, file. */
export function pickValue(
  key: ConfigKey,
  sources: { readonly flags: ConfigFlags; readonly env: Environment; readonly cwd: string },
  file: ConfigFile | undefined
): RawValue | undefined {
  const option: ConfigOption = configOptions[key]
  const flag = sources.flags[key]
  if (flag !== undefined) return { value: flag, origin: `--${option.flag}`, base: sources.cwd }
  const name = environmentName(option)
  const text = sources.env[name]
  if (text !== undefined && text !== '') {
    return { value: option.list ? splitList(text) : text, origin: name, base: sources.cwd }
  }
  const value = file?.values[option.flag]
  if (file === undefined || value === undefined) return undefined
  return { value, origin: `${option.flag} in ${file.path}`, base: dirname(file.path) }
}
