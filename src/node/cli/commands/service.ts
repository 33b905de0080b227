import { access, readFile, realpath } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import envPaths from 'env-paths'
import { programFolder } from '../../../common/program-folder.ts'
import { askProgram, thisSystem } from '../../../platform/index.ts'
import {
  carryOutAll,
  findServiceManager,
  MARK,
  type ServiceInit,
  type ServiceManager,
  type Step,
  StepError,
  stepText
} from '../../service/index.ts'
import { configPlace, loadConfig } from '../../config/index.ts'
import type { Config } from '../../config/types.ts'
import { type Call, say } from '../definition.ts'
import { CliError } from '../errors.ts'
import type { ExitReason } from '../exit-codes.ts'

/** The same file from the source and from the package. */
const PROGRAM = join(programFolder, 'bin/grav1.js')

/** Where the configuration of a service of the machine is looked for. */
const SYSTEM_CONFIG = '/etc/grav1/config.toml'
const SYSTEM_DATA = '/var/lib/grav1'

const scopeOf = ({ options }: Call): ServiceInit['scope'] =>
  options['user'] === true || thisSystem.name === 'darwin' ? 'user' : 'system'

function managerOf(call: Call): ServiceManager {
  const manager = findServiceManager(scopeOf(call), call.io.env['XDG_CONFIG_HOME'])
  if (manager !== undefined) return manager
  throw new CliError(
    'no-service',
    'This machine has neither systemd nor launchd. Let what starts its services run "grav1 node".'
  )
}

const isThere = async (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false
  )

async function configFileOf({ options, io }: Call, scope: ServiceInit['scope']): Promise<string | undefined> {
  const named = options['config']
  if (typeof named === 'string') return resolve(io.cwd, named)
  const place = scope === 'system' ? SYSTEM_CONFIG : configPlace(undefined, {}, io.cwd)
  return (await isThere(place)) ? place : undefined
}

/** What was configured, or the place of a service of the machine. */
function dataDirOf({ dataDir }: Config, scope: ServiceInit['scope']): string {
  const isDefault = dataDir === envPaths('grav1', { suffix: '' }).data
  return scope === 'system' && isDefault ? SYSTEM_DATA : dataDir
}

/** What the node will be told: by its file and this command line, not by the environment or the folder that this command runs in. */
async function configOf({ options, io }: Call, configFile: string | undefined): Promise<Config> {
  const { dataDir } = options
  const flags = {
    // Without one, what the user has in the default place is not that of a service of the machine.
    config: configFile ?? thisSystem.nullDevice,
    ...(typeof dataDir === 'string' && { dataDir: resolve(io.cwd, dataDir) })
  }
  return loadConfig({ flags, env: {}, cwd: '/' })
}

async function serviceOf(call: Call): Promise<ServiceInit> {
  const scope = scopeOf(call)
  const configFile = await configFileOf(call, scope)
  const config = await configOf(call, configFile)
  const script = await realpath(PROGRAM)
  const dataDir = dataDirOf(config, scope)
  const named = configFile === undefined ? [] : ['--config', configFile]
  return {
    command: [process.execPath, script, 'node', '--plain', ...named, '--data-dir', dataDir],
    programFolders: [dirname(dirname(process.execPath)), dirname(dirname(script))],
    dataDir,
    configFile,
    filmFolders: [...new Set([...config.media, ...config.watch])],
    scope
  }
}

/** @throws CliError `no-service` where somebody else's description is in the way */
async function checkOwn({ file }: ServiceManager): Promise<void> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined || text.includes(MARK)) return
  throw new CliError('no-service', `"grav1 service install" did not write ${file}. Move that file away first.`)
}

function checkRights(call: Call): void {
  if (scopeOf(call) === 'user' || process.getuid?.() === 0) return
  throw new CliError('no-service', 'A service of the machine needs root: use sudo, or --user for one of your own.')
}

async function act(call: Call, steps: readonly Step[], done: string): Promise<ExitReason> {
  if (call.options['dryRun'] === true) {
    say(call, { steps }, steps.map(stepText).join('\n'))
    return 'ok'
  }
  checkRights(call)
  await checkOwn(managerOf(call))
  await carryOutAll(steps).catch((error: unknown) => {
    throw error instanceof StepError ? new CliError('no-service', error.message, { cause: error }) : error
  })
  say(call, { steps }, done)
  return 'ok'
}

const filmsText = ({ filmFolders, scope }: ServiceInit): string => {
  if (filmFolders.length === 0)
    return 'The service may not read any films here: name their folders as media in the config file.'
  const folders = filmFolders.join(', ')
  return scope === 'user' ? '' : `The service reads and writes films in ${folders}: give the user grav1 access to them.`
}

/** `grav1 service install` */
export async function installService(call: Call): Promise<ExitReason> {
  const manager = managerOf(call)
  const init = await serviceOf(call)
  const lines = [`installed ${manager.file} and started it; its log: ${manager.log}`, filmsText(init)]
  return act(call, manager.install(init), lines.filter((line) => line !== '').join('\n'))
}

/** `grav1 service remove` */
export async function removeService(call: Call): Promise<ExitReason> {
  const manager = managerOf(call)
  if (!(await isThere(manager.file)))
    throw new CliError('no-service', `The service is not installed: there is no ${manager.file}.`)
  return act(call, manager.remove(), `stopped the service and deleted ${manager.file}; its data folder stays`)
}

/** `grav1 service status` */
export async function showService(call: Call): Promise<ExitReason> {
  const { file, status, log } = managerOf(call)
  const installed = await isThere(file)
  const { ok, stdout, stderr } = await askProgram(status)
  const running = installed && ok
  const about = installed ? `${(stdout + stderr).trim()}\nlog: ${log}` : `not installed: there is no ${file}`
  say(call, { file, installed, running, log }, about)
  return running ? 'ok' : 'failed'
}
