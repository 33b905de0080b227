import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { type Chosen, configKeys, type ConfigKey, configPlace, configText, loadConfig } from '../../config/index.ts'
import { type Call, say } from '../definition.ts'
import { CliError } from '../errors.ts'
import type { ExitReason } from '../exit-codes.ts'
import { askForAll } from './init-questions.ts'

/** Their values are paths, which a file would take from its own folder. */
const PATHS: ReadonlySet<ConfigKey> = new Set<ConfigKey>([
  'dataDir',
  'media',
  'watch',
  'tlsCert',
  'tlsKey',
  'swarmKey',
  'webhookSecretFile'
])

type Value = Chosen[ConfigKey]

const isList = (value: unknown): value is readonly string[] => Array.isArray(value)

function wholePath(key: ConfigKey, value: Value, cwd: string): Value {
  if (!PATHS.has(key) || typeof value === 'boolean' || value === undefined) return value
  return isList(value) ? value.map((one) => resolve(cwd, one)) : resolve(cwd, value)
}

/** What options said. */
function chosenBy({ options, io }: Call): Chosen {
  const given = configKeys.flatMap((key) => {
    const value = options[key]
    const isValue = typeof value === 'string' || typeof value === 'boolean' || isList(value)
    return isValue ? [[key, wholePath(key, value, io.cwd)] as const] : []
  })
  return Object.fromEntries(given)
}

async function answers(call: Call, given: Chosen): Promise<Chosen> {
  const { io, options } = call
  if (options['yes'] === true) return given
  if (io.ask !== undefined) return { ...(await askForAll(io.ask, io, given)), ...given }
  if (Object.keys(given).length > 0) return given
  throw new CliError('usage', 'There is no terminal for the questions: give options such as --workers 4, or --yes.')
}

async function write(file: string, text: string, replaces: boolean): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  try {
    await writeFile(file, text, { flag: replaces ? 'w' : 'wx' })
  } catch (error) {
    const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST'
    if (!exists) throw error
    throw new CliError('config-exists', `${file} already exists; --force replaces it.`, { cause: error })
  }
}

/** `grav1 init`: what is chosen is checked as a node would, and nothing else is written. */
export async function runInit(call: Call): Promise<ExitReason> {
  const { io, options } = call
  const file = configPlace(options['config'], io.env, io.cwd)
  const chosen = await answers(call, chosenBy(call))
  await loadConfig({ flags: { ...chosen, config: undefined }, env: {}, cwd: io.cwd })
  await write(file, configText(chosen), options['force'] === true)
  const named = typeof options['config'] === 'string' ? ` --config ${file}` : ''
  say(call, { path: file }, `wrote ${file}\nNext: grav1 doctor${named}, then grav1 node${named}`)
  return 'ok'
}
