import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { execa } from 'execa'
import { apiFile } from '../src/node/cli/find-node.ts'
import { CANARIES_FILE } from '../src/node/disk/file-names.ts'

/** What a node learns of its machine: the canaries of its encoders, and its probes. */
const LEARNED = [CANARIES_FILE, 'probes'] as const

const SOURCES = resolve(import.meta.dirname, '../bin/grav1.js')

/** A node of its own process. */
export interface LocalNode {
  readonly name: string
  readonly dataDir: string
  readonly url: string
  readonly address: string
  readonly peerId: string
  readonly pid: number
  /** From its start until its API answered. */
  readonly readyMs: number
  /** Ends it as a user would. */
  readonly stop: () => Promise<void>
  /** Kills it as a power cut would. */
  readonly kill: () => Promise<void>
}

/** How to start a {@link LocalNode}. */
export interface LocalNodeInit {
  readonly name: string
  /** Default: as many as the program takes by itself. */
  readonly workers?: number
  readonly bootstrap?: string | undefined
  /** Data folder of a node that has learned what its machine does. Default: it learns that itself. */
  readonly like?: string | undefined
  /** Settings of its own. */
  readonly env?: Readonly<Record<string, string>>
  /** Makes the words that run a command of a checkout on another system, which has to see the swarm's folder. Default: this one. */
  readonly words?: ((command: readonly string[]) => [string, ...string[]]) | undefined
  /** Default 30 s. */
  readonly startMsMax?: number
}

/** What a {@link LocalSwarm} starts with. */
export interface LocalSwarmInit {
  /** Folder that its own is made in; default: that for temporary files. */
  readonly within?: string
  /** Settings of all its processes on this system. */
  readonly env?: Readonly<Record<string, string>>
  /** The program to start; default: that of the sources. */
  readonly program?: string
}

interface Child extends PromiseLike<unknown> {
  readonly pid?: number | undefined
  readonly exitCode: number | null
  kill: (signal: NodeJS.Signals) => boolean
}

const START_MS_MAX = 120_000
/** Short beside the start of a node. */
const LOOK_MS = 5

/** Nodes of this machine in a temporary folder; nothing of the user's own settings reaches them, and `close` leaves nothing behind. */
export interface LocalSwarm {
  readonly folder: string
  /** Starts a node on free ports; again under the same name, it goes on where it was killed. */
  readonly start: (init: LocalNodeInit) => Promise<LocalNode>
  /** Runs a command of the program and returns its exit code. Its stdout goes to this process's, nowhere, or line by line to a function. */
  readonly run: (args: readonly string[], stdout?: 'inherit' | 'ignore' | ((line: string) => void)) => Promise<number>
  readonly close: () => Promise<void>
}

function environment(folder: string): Record<string, string> {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('GRAV1_'))
  const env = Object.fromEntries(kept.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
  return { ...env, GRAV1_CONFIG: join(folder, 'config.toml') }
}

/** A swarm without nodes yet. */
export async function createLocalSwarm({
  within = tmpdir(),
  env = {},
  program = SOURCES
}: LocalSwarmInit = {}): Promise<LocalSwarm> {
  const folder = await mkdtemp(join(within, 'grav1-local-'))
  await writeFile(join(folder, 'config.toml'), '')
  const children = new Set<Child>()
  const options = { env: { ...environment(folder), ...env }, extendEnv: false, reject: false, stdin: 'ignore' } as const

  const keep = <Running extends Child>(child: Running): Running => {
    children.add(child)
    void child.then(() => children.delete(child))
    return child
  }

  const start = async ({
    name,
    workers,
    bootstrap,
    like,
    env: own = {},
    words,
    startMsMax = START_MS_MAX
  }: LocalNodeInit): Promise<LocalNode> => {
    const dataDir = join(folder, name)
    await mkdir(dataDir, { recursive: true, mode: 0o700 })
    await rm(join(dataDir, 'api.json'), { force: true })
    const known = like === undefined ? [] : LEARNED.filter((entry) => existsSync(join(like, entry)))
    for (const entry of known) await cp(join(like ?? '', entry), join(dataDir, entry), { recursive: true })
    const args = ['node', '--name', name, '--data-dir', dataDir, '--no-mdns']
    if (workers !== undefined) args.push('--workers', String(workers))
    args.push('--listen', '/ip4/127.0.0.1/tcp/0', '--api-port', '0', '--log-level', 'warn')
    if (bootstrap !== undefined) args.push('--bootstrap', bootstrap)
    const [command, ...rest] = words?.(['node', 'bin/grav1.js', ...args]) ?? [process.execPath, program, ...args]
    const began = performance.now()
    const child = keep(execa(command, rest, { ...options, env: { ...options.env, ...own }, all: true }))
    for (;;) {
      const readyMs = performance.now() - began
      const text = await readFile(join(dataDir, 'api.json'), 'utf8').catch(() => undefined)
      if (text !== undefined) {
        const { url, addresses } = apiFile.parse(JSON.parse(text))
        const address = addresses?.[0] ?? ''
        const end = async (signal: NodeJS.Signals) => {
          child.kill(signal)
          await child
        }
        const [stop, kill] = [async () => end('SIGTERM'), async () => end('SIGKILL')]
        const peerId = address.split('/').at(-1) ?? ''
        return { name, dataDir, url, address, peerId, pid: child.pid ?? 0, readyMs, stop, kill }
      }
      if (child.exitCode !== null) throw new Error(`node ${name} did not start:\n${(await child).all}`)
      if (readyMs > startMsMax) throw new Error(`node ${name} did not start in ${startMsMax / 1000} s`)
      await delay(LOOK_MS)
    }
  }

  const run: LocalSwarm['run'] = async (args, stdout = 'inherit') => {
    const stdio = { stdout: typeof stdout === 'function' ? 'pipe' : stdout, stderr: 'inherit' } as const
    const child = keep(execa(process.execPath, [program, ...args], { ...options, ...stdio }))
    if (typeof stdout === 'function') for await (const line of child.iterable()) stdout(line)
    return (await child).exitCode ?? 1
  }

  const close = async (): Promise<void> => {
    const running = [...children]
    for (const child of running) child.kill('SIGKILL')
    await Promise.all(running)
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
  return { folder, start, run, close }
}
