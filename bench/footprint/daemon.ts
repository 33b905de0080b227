import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { apiFile } from '../../src/node/cli/find-node.ts'
import { swarmStatus, type SwarmStatus } from '../../src/api/schemas/index.ts'
import { CANARIES_FILE } from '../../src/node/disk/file-names.ts'
import { processorSeconds } from '../lib/of-process.ts'

const START_MS_MAX = 120_000
const LOOK_MS = 5

/** A node in a process of its own, with its data folder `<folder>/<name>`. */
export interface Daemon {
  readonly pid: number
  readonly dataDir: string
  readonly address: string
  /** Until its API answered. */
  readonly readyMs: number
  readonly readyProcessorSeconds: number
  readonly status: () => Promise<SwarmStatus>
  readonly stop: () => Promise<void>
}

export interface DaemonInit {
  readonly program: string
  readonly folder: string
  readonly name: string
  readonly bootstrap?: string | undefined
  /** Data folder of a node that has tried this machine's encoders. Default: it tries them itself. */
  readonly like?: string | undefined
}

/** Starts a node that nothing but its arguments configures, on free ports of loopback. */
export async function startDaemon({ program, folder, name, bootstrap, like }: DaemonInit): Promise<Daemon> {
  const dataDir = join(folder, name)
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  if (like !== undefined) await copyFile(join(like, CANARIES_FILE), join(dataDir, CANARIES_FILE))
  await writeFile(join(folder, 'config.toml'), '')
  const env = { ...process.env, GRAV1_CONFIG: join(folder, 'config.toml'), XDG_CACHE_HOME: join(folder, 'cache') }
  const places = ['--data-dir', dataDir, '--listen', '/ip4/127.0.0.1/tcp/0', '--api-port', '0']
  const others = ['--no-mdns', ...(bootstrap === undefined ? [] : ['--bootstrap', bootstrap])]
  const began = performance.now()
  const child = spawn(process.execPath, [program, 'node', '--plain', ...places, ...others], { stdio: 'ignore', env })
  const ended = once(child, 'exit')
  const stop = async (): Promise<void> => {
    child.kill('SIGINT')
    await ended
  }
  const { pid } = child
  if (pid === undefined) throw new Error(`node ${name} did not start`)
  for (;;) {
    const text = await readFile(join(dataDir, 'api.json'), 'utf8').catch(() => undefined)
    if (text !== undefined) {
      const readyMs = performance.now() - began
      const { url, addresses } = apiFile.parse(JSON.parse(text))
      const status = async () => swarmStatus.parse(await (await fetch(`${url}/api/v2/status`)).json())
      const readyProcessorSeconds = await processorSeconds(pid)
      return { pid, dataDir, address: addresses?.[0] ?? '', readyMs, readyProcessorSeconds, status, stop }
    }
    if (child.exitCode !== null || performance.now() - began > START_MS_MAX) {
      child.kill('SIGKILL')
      throw new Error(`node ${name} did not start`)
    }
    await delay(LOOK_MS)
  }
}
