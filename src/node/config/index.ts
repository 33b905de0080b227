import { realpath, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import envPaths from 'env-paths'
import type { z } from 'zod'
import type { MannerName } from '../../api/manners/index.ts'
import { isProgram } from '../../platform/index.ts'
import { ConfigError } from './error.ts'
import { joinedKeyFile, readJoined } from './joined.ts'
import { type ConfigKey, configOptions } from './options.ts'
import { readNamedNodes } from './named-nodes.ts'
import { readPresets } from './presets.ts'
import { type ConfigFlags, type Environment, pickValue, type RawValue, readConfigFile } from './sources.ts'
import type { Config } from './types.ts'

export { ConfigError, type ConfigErrorCode } from './error.ts'
export { configKeys, configOptions, type ConfigKey, type ConfigOption, optionsTable, standardOf } from './options.ts'
export { byteRate, RATE_ALLOWED } from './byte-rate.ts'
export { type NamedNode, tokenOf } from './named-nodes.ts'
export { type Chosen, configText } from './config-text.ts'
export { type ConfigFlags, configPlace, type Environment } from './sources.ts'

/** Where a configuration comes from. */
export interface LoadConfigInit {
  readonly flags: ConfigFlags
  readonly env: Environment
  /** Folder that relative paths of flags and environment are meant from. */
  readonly cwd: string
}

const shown = (value: unknown): string => (typeof value === 'string' ? `"${value}"` : JSON.stringify(value))

function refuse(key: ConfigKey, raw: RawValue, value: unknown): ConfigError {
  return new ConfigError(
    'invalid-value',
    `${raw.origin}: ${shown(value)} is not allowed; use ${configOptions[key].allowed}.`
  )
}

async function realFolders(key: ConfigKey, raw: RawValue, folders: readonly string[]): Promise<string[]> {
  const found: string[] = []
  for (const folder of folders) {
    const path = await realpath(resolve(raw.base, folder)).catch(() => undefined)
    if (path === undefined || !(await stat(path)).isDirectory()) throw refuse(key, raw, folder)
    found.push(path)
  }
  return found
}

/** `svt=<file>` with absolute paths. @throws ConfigError for what cannot be run */
function realPrograms(raw: RawValue, paths: readonly string[]): string[] {
  return paths.map((given) => {
    const at = given.indexOf('=') + 1
    const path = resolve(raw.base, given.slice(at))
    if (!isProgram(path)) throw refuse('encoderPath', raw, given)
    return `${given.slice(0, at)}${path}`
  })
}

async function defaultMedia(cwd: string): Promise<string[]> {
  const path = await realpath(cwd)
  return path === '/' ? [] : [path]
}

/**
 * The node's configuration: flags win over the environment (`GRAV1_<FLAG>`, lists separated by commas), that over the config file
 * (TOML), that over the swarm that the data folder joined, that over the defaults. The addresses of a joined swarm are added to those that are given. Relative paths are meant from `cwd`, those in the file from the file's folder.
 *
 * @throws {@link ConfigError} when a value is not allowed, or the file can't be read, parsed or has an unknown key
 */
export async function loadConfig({ flags, env, cwd }: LoadConfigInit): Promise<Config> {
  const file = await readConfigFile(flags.config, env, cwd)
  const read = async <Value>(key: ConfigKey, schema: z.ZodType<Value>) => {
    const raw = pickValue(key, { flags, env, cwd }, file)
    if (raw === undefined) return undefined
    const result = await schema.safeParseAsync(raw.value)
    if (result.success) return { raw, value: result.data }
    const index = result.error.issues[0]?.path[0]
    const bad: unknown = Array.isArray(raw.value) && typeof index === 'number' ? raw.value[index] : raw.value
    throw refuse(key, raw, bad)
  }
  const options = configOptions
  /** As it was given, or the default. */
  const get = async <Value>(key: ConfigKey, { schema, value }: { schema: z.ZodType<Value>; value: Value }) =>
    (await read(key, schema))?.value ?? value
  const text = async (key: MannerName) => (await read(key, options[key].schema))?.value
  const dataDirGiven = await read('dataDir', options.dataDir.schema)
  const dataDir = dataDirGiven
    ? resolve(dataDirGiven.raw.base, dataDirGiven.value)
    : envPaths('grav1', { suffix: '' }).data
  const joined = await readJoined(dataDir)
  const media = await read('media', options.media.schema)
  const watch = await read('watch', options.watch.schema)
  const encoderPath = await read('encoderPath', options.encoderPath.schema)
  const tlsCert = await read('tlsCert', options.tlsCert.schema)
  const tlsKey = await read('tlsKey', options.tlsKey.schema)
  const swarmKey = await read('swarmKey', options.swarmKey.schema)
  const webhookSecretFile = await read('webhookSecretFile', options.webhookSecretFile.schema)
  const onComplete = await read('onComplete', options.onComplete.schema)
  return {
    bootstrap: [...new Set([...(await get('bootstrap', options.bootstrap)), ...(joined?.bootstrap ?? [])])],
    listen: await get('listen', options.listen),
    announce: await get('announce', options.announce),
    upnp: await get('upnp', options.upnp),
    relay: await get('relay', options.relay),
    relayData: await get('relayData', options.relayData),
    relayPeers: await get('relayPeers', options.relayPeers),
    dataDir,
    workers: await get('workers', options.workers),
    threads: await get('threads', options.threads),
    queue: await get('queue', options.queue),
    apiHost: await get('apiHost', options.apiHost),
    apiPort: await get('apiPort', options.apiPort),
    apiName: await get('apiName', options.apiName),
    apiOrigin: await get('apiOrigin', options.apiOrigin),
    auth: await get('auth', options.auth),
    tlsCert: tlsCert && resolve(tlsCert.raw.base, tlsCert.value),
    tlsKey: tlsKey && resolve(tlsKey.raw.base, tlsKey.value),
    media: media ? await realFolders('media', media.raw, media.value) : await defaultMedia(cwd),
    watch: watch ? await realFolders('watch', watch.raw, watch.value) : [],
    uploadQuota: await get('uploadQuota', options.uploadQuota),
    uploadLimit: await get('uploadLimit', options.uploadLimit),
    downloadLimit: await get('downloadLimit', options.downloadLimit),
    limitLan: await get('limitLan', options.limitLan),
    pieceQuota: await get('pieceQuota', options.pieceQuota),
    name: (await read('name', options.name.schema))?.value ?? (hostname().slice(0, 64) || 'grav1'),
    nice: await get('nice', options.nice),
    schedule: await text('schedule'),
    whenIdle: await text('whenIdle'),
    onBattery: await text('onBattery'),
    maxTemperature: await text('maxTemperature'),
    maxCpu: await text('maxCpu'),
    maxPicture: await text('maxPicture'),
    maxCache: await text('maxCache'),
    logLevel: await get('logLevel', options.logLevel),
    debug: await get('debug', options.debug),
    mdns: await get('mdns', options.mdns),
    trust: await get('trust', options.trust),
    encoderPath: encoderPath ? realPrograms(encoderPath.raw, encoderPath.value) : [],
    sandbox: await get('sandbox', options.sandbox),
    trustLocal: await get('trustLocal', options.trustLocal),
    share: await get('share', options.share),
    swarmKey: swarmKey
      ? resolve(swarmKey.raw.base, swarmKey.value)
      : joined?.swarm
        ? joinedKeyFile(dataDir)
        : undefined,
    webhook: await get('webhook', options.webhook),
    webhookSecretFile: webhookSecretFile && resolve(webhookSecretFile.raw.base, webhookSecretFile.value),
    // A bare name is looked for in PATH.
    onComplete: onComplete?.value.includes('/') ? resolve(onComplete.raw.base, onComplete.value) : onComplete?.value,
    leaseTtlMs: (await read('leaseTtlMs', options.leaseTtlMs.schema))?.value,
    presets: readPresets(file),
    nodes: readNamedNodes(file)
  }
}
