import { createCanaryCache, findEncoders } from '../../encode/index.ts'
import { createBlobStore } from '../../storage/index.ts'
import { createSigner } from '../../swarm/index.ts'
import { DEFAULT_TIMING, LIMITS, timingForTtl } from '../../swarm/protocol/index.ts'
import { loadApiToken, openDataDir } from '../disk/data-dir.ts'
import { loadIdentity } from '../disk/identity.ts'
import { openStorage } from './open-storage.ts'
import { loadSwarmKey } from '../disk/swarm-key.ts'
import { useEncoderPaths } from '../encoders/encoder-paths.ts'
import { createEncoderShelf } from '../encoders/encoder-shelf.ts'
import { loadTls } from '../http/tls.ts'
import { openInvites } from '../invites/invites.ts'
import { createLogger } from '../log/logger.ts'
import { createTerminalLog } from '../log/terminal-log.ts'
import { createLogRing } from '../log/log-ring.ts'
import { roomLog } from '../log/rooms.ts'
import { createMachineFacts } from '../manners/machine-facts.ts'
import { createMannersWatch } from '../manners/manners.ts'
import { mannersOf } from '../manners/of-config.ts'
import { mannerValues } from '../../api/manners/index.ts'
import { createNodeControl } from '../node-control.ts'
import { openStandings } from '../peers/standings.ts'
import { autoSlots } from '../slots.ts'
import { ConfigError } from '../config/error.ts'
import type { Config } from '../config/types.ts'
import { chooseSandbox, type FoundSandbox, hiddenFromSandbox } from '../../platform/index.ts'
import type { Shutdown } from './shutdown.ts'

/** What a node has before it knows of others. */
export type OpenNode = Awaited<ReturnType<typeof openNode>>

/** The sandbox of everything that this process starts. @throws ConfigError where one is required and there is none */
function openSandbox({ sandbox }: Config, warn: (message: string) => void): FoundSandbox {
  const found = chooseSandbox(sandbox)
  if (found.type === 'boxed') return found
  if (sandbox === 'require') throw new ConfigError('no-sandbox', `--sandbox require: ${found.words}`)
  warn(`no sandbox: ${found.words}; this node works only with peers that it trusts by name`)
  return found
}

/**
 * The first stage of a start: log, data folder, storage, keys and tokens, what the user set; the search for encoders begins and runs beside everything else.
 * @throws ConfigError, StorageError, or Error with a sentence
 */
export async function openNode(config: Config, shutdown: Shutdown) {
  const logs = createLogRing()
  const terminalLog = process.stderr.isTTY ? createTerminalLog(process.stderr) : undefined
  const log = createLogger(config, logs, terminalLog)
  const warn = (message: string): void => log.warn({}, message)
  const sandbox = openSandbox(config, warn)
  useEncoderPaths(config)
  const swarmKey = config.swarmKey == null ? undefined : await loadSwarmKey(config.swarmKey, warn)
  const aborted = new AbortController()
  shutdown.add(async () => aborted.abort(new Error('stopping')))
  const paths = await openDataDir(config.dataDir)
  const hidden = hiddenFromSandbox(sandbox, config.dataDir)
  if (hidden !== undefined) throw new ConfigError('hidden-data', hidden)
  const standings = await openStandings({ path: paths.peers, warn })
  shutdown.add(async () => standings.flush())
  const canaries = createCanaryCache(paths.canaries)
  const encoders = createEncoderShelf({
    log: roomLog(log, 'encoders'),
    search: async (onProbed) => findEncoders({ signal: aborted.signal, cache: canaries, onProbed })
  })
  const control = await createNodeControl({
    file: paths.control,
    workers: config.workers,
    slots: config.workers === 'auto' ? autoSlots() : config.workers,
    manners: mannersOf(config),
    limits: { upload: config.uploadLimit, download: config.downloadLimit }
  })
  const manners = createMannersWatch({
    values: () => mannerValues(control.manners),
    facts: createMachineFacts(),
    log: roomLog(log, 'worker')
  })
  shutdown.add(async () => manners.stop())
  if (control.paused) warn('this node was paused and takes no scenes; "grav1 resume" ends the pause')
  const { guard, own, database, heads, kept, isDamaged } = await openStorage({
    dataDir: config.dataDir,
    paths,
    log: roomLog(log, 'disk'),
    shutdown
  })
  const privateKey = await loadIdentity(config.dataDir)
  const token = await loadApiToken(paths.tokenFile)
  const readToken = await loadApiToken(paths.readTokenFile)
  const signer = createSigner(privateKey)
  const invites = await openInvites(
    {
      privateKey,
      signer,
      swarmKey,
      isBanned: (peer) => standings.of(peer) === 'banned',
      log: roomLog(log, 'peers')
    },
    paths.invites
  )
  for (const secret of [token, readToken]) logs.hide(secret)
  const tls = await loadTls(config, warn)
  const cacheBytesMax = mannerValues(control.manners).maxCache ?? Infinity
  const blobs = await createBlobStore(paths.blobs, { chunkBytes: LIMITS.chunkBytes, guard, cacheBytesMax })
  guard.onShort(blobs.makeRoom)
  return {
    logs,
    log,
    terminalLog,
    sandbox,
    swarmKey,
    timing: config.leaseTtlMs == null ? DEFAULT_TIMING : timingForTtl(config.leaseTtlMs),
    paths,
    encoders,
    control,
    manners,
    standings,
    guard,
    own,
    database,
    heads,
    kept,
    isDamaged,
    privateKey,
    signer,
    invites,
    token,
    readToken,
    tls,
    blobs,
    /** Until this node knows what it needs, it needs every blob. */
    releaseAll: blobs.holdAll(),
    /** Aborted early in a shutdown: what waits for space or for neighbours waits no longer. */
    leaving: new AbortController()
  }
}
