import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Command } from 'commander'
import { execa } from 'execa'
import { createClient } from '../../src/node/cli/client.ts'
import { main } from '../../src/node/main.ts'
import { addSubmitOptions, submitOptionValues } from '../../src/node/cli/submit-options.ts'
import { program } from '../fixtures/program.ts'
import { keepWarm, warmUp } from './warm.ts'
import { endingWithParent } from '../fixtures/with-parent.ts'
import type { ProjectStatus, SwarmStatus } from '../../src/api/schemas/index.ts'

/** Fast, but with every stage of the real thing. */
export const AOM_PARAMS = '--cpu-used=6 --end-usage=q --cq-level=58'
export const VP9_PARAMS = '--cpu-used=5 --end-usage=q --cq-level=58'
export const SVT_PARAMS = '--preset 10 --crf 58'

/** Modules are loaded and encoders are looked for; beside other work that takes a while. */
const START_MS_MAX = 180_000

export interface SpawnedNode {
  readonly name: string
  readonly dataDir: string
  readonly url: string
  /** Multiaddr to bootstrap from. */
  readonly address: string
  readonly peerId: string
  readonly pid: number
  /** All that it printed so far. */
  readonly output: () => string
  /** Kills it as a power cut would. */
  readonly kill: () => Promise<void>
  readonly signal: (name: NodeJS.Signals) => void
  /** Resolves with the exit code. */
  readonly exited: Promise<number | undefined>
}

export interface NodeOptions {
  readonly name: string
  readonly workers: number
  readonly bootstrap?: string | undefined
  /** Where peers reach it; default: any free port of the loopback address. */
  readonly listen?: string | undefined
  /** The program's file of another checkout; default: of this one. */
  readonly program?: string | undefined
  /** Words before the program: where it runs. Default: here. */
  readonly within?: readonly string[] | undefined
  /** Makes the node's HTTP address one that this process reaches. Default: it is one. */
  readonly urlHere?: ((url: string) => Promise<string>) | undefined
  /** Go on in the folder of a node that was killed. */
  readonly dataDir?: string | undefined
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** What of a child process the swarm needs for cleaning up. */
interface Child extends PromiseLike<unknown> {
  kill: (signal: NodeJS.Signals) => boolean
}

export interface CommandResult {
  readonly exitCode: number | undefined
  readonly stdout: string
  readonly stderr: string
}

/** A private swarm of real processes in a temporary folder; `stop` leaves nothing behind. */
export class TestSwarm {
  readonly folder: string
  readonly #processes = new Set<Child>()
  /** Of a node with the programs of this machine. */
  #ordinary: string | undefined

  constructor(folder: string) {
    this.folder = folder
  }

  static async create(): Promise<TestSwarm> {
    return new TestSwarm(await mkdtemp(join(tmpdir(), 'grav1-e2e-')))
  }

  async startNode(options: NodeOptions): Promise<SpawnedNode> {
    const dataDir = options.dataDir ?? join(this.folder, `node-${options.name}`)
    await rm(join(dataDir, 'api.json'), { force: true })
    if (options.dataDir === undefined) await warmUp(dataDir)
    if (options.env?.['PATH'] === undefined) this.#ordinary = dataDir
    const [command, ...before] = [...(options.within ?? []), process.execPath]
    const child = execa(
      ...endingWithParent(command, [
        ...before,
        options.program ?? program,
        'node',
        '--data-dir',
        dataDir,
        '--name',
        options.name,
        '--workers',
        String(options.workers),
        '--listen',
        options.listen ?? '/ip4/127.0.0.1/tcp/0',
        '--api-port',
        '0',
        '--no-mdns',
        '--nice',
        '0',
        ...(options.bootstrap == null ? [] : ['--bootstrap', options.bootstrap]),
        ...(options.args ?? [])
      ]),
      { cwd: this.folder, env: { ...isolated(this.folder), ...options.env }, reject: false, all: true, stdin: 'ignore' }
    )
    this.#processes.add(child)
    const exited = child.then(({ exitCode }) => exitCode).finally(() => this.#processes.delete(child))
    let printed = ''
    child.all.on('data', (chunk: Buffer) => (printed += chunk.toString()))
    const output = (): string => printed
    const info = await eventually(
      `node ${options.name} to start`,
      async () => {
        if (child.exitCode != null) throw new Error(`node ${options.name} exited:\n${output()}`)
        const text = await readFile(join(dataDir, 'api.json'), 'utf8').catch(() => undefined)
        return text == null ? undefined : (JSON.parse(text) as { url: string; addresses: string[] })
      },
      START_MS_MAX
    )
    const address = info.addresses[0] ?? ''
    return {
      name: options.name,
      dataDir,
      url: (await options.urlHere?.(info.url)) ?? info.url,
      address,
      peerId: address.split('/').at(-1) ?? '',
      pid: child.pid ?? 0,
      output,
      exited,
      signal: (name) => child.kill(name),
      kill: async () => {
        child.kill('SIGKILL')
        await exited
      }
    }
  }

  /** Runs a command of the program to its end, as a process. What only asks a running node is cheaper with `ask`. */
  async run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CommandResult> {
    // Without a node of its own it starts one for the time of the job.
    if (args[0] === 'submit' && !args.includes('--data-dir')) await warmUp(join(this.folder, 'data/grav1'))
    const child = execa(...endingWithParent(process.execPath, [program, ...args]), {
      cwd: this.folder,
      env: { ...isolated(this.folder), ...env },
      reject: false,
      stdin: 'ignore'
    })
    this.#processes.add(child)
    try {
      const { exitCode, stdout, stderr } = await child
      return { exitCode, stdout, stderr }
    } finally {
      this.#processes.delete(child)
    }
  }

  /** Runs the command line in this process: for commands at a running node, which `--data-dir` or `--api` names. */
  async ask(args: readonly string[]): Promise<CommandResult> {
    const [out, err]: [string[], string[]] = [[], []]
    const none = (): (() => void) => () => {}
    const noProcess = async (): Promise<never> => {
      throw new Error(`"${args.join(' ')}" needs a process of its own: use run()`)
    }
    const exitCode = await main(args, {
      out: (line) => out.push(line),
      err: (line) => err.push(line),
      terminal: undefined,
      env: { ...process.env, ...isolated(this.folder) },
      cwd: this.folder,
      onSignal: none,
      onCrash: none,
      exit: none,
      runSelf: noProcess,
      onParentGone: none,
      loadDaemon: noProcess
    })
    return { exitCode, stdout: out.join('\n'), stderr: err.join('\n') }
  }

  /** Runs a command until it prints a line that is waited for, then interrupts it as Ctrl-C does. @returns all lines; fails where it ended by itself */
  async interrupt(args: readonly string[], isReached: (line: string) => boolean): Promise<string[]> {
    const lines: string[] = []
    const child = execa(...endingWithParent(process.execPath, [program, ...args]), {
      cwd: this.folder,
      env: isolated(this.folder),
      reject: false,
      stdin: 'ignore'
    })
    this.#processes.add(child)
    try {
      for await (const line of child) {
        lines.push(line)
        if (isReached(line)) child.kill('SIGINT')
      }
      const { exitCode, stderr } = await child
      if (exitCode !== 130)
        throw new Error(`not interrupted, but ended with ${exitCode}: ${lines.join('\n')}\n${stderr}`)
      return lines
    } finally {
      this.#processes.delete(child)
    }
  }

  /** Submits at a running node what `grav1 submit` makes of these options, without a process for it. @returns the project id */
  async submit(node: SpawnedNode, input: string, args: readonly string[]): Promise<string> {
    const command = addSubmitOptions(new Command())
      .exitOverride()
      .parse([...args], { from: 'user' })
    const wishes = await submitOptionValues(command.opts(), this.folder)
    const token = (await readFile(join(node.dataDir, 'api-token'), 'utf8')).trim()
    const client = createClient({ url: node.url, token })
    return (await client.submit({ input: resolve(this.folder, input), ...wishes })).projectId
  }

  async stop(): Promise<void> {
    await Promise.all(
      [...this.#processes].map(async (child) => {
        child.kill('SIGKILL')
        await child
      })
    )
    await eventually('no process of this swarm to be left', async () =>
      (await this.leftovers()).length === 0 ? true : undefined
    )
    if (this.#ordinary !== undefined) await keepWarm(this.#ordinary)
    await rm(this.folder, { recursive: true, force: true, maxRetries: 3 })
  }

  /** Command lines of processes that work in this swarm's folder, such as orphaned encoders. */
  async leftovers(): Promise<string[]> {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
    const lines = await Promise.all(pids.map(async (pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
    return lines.map((line) => line.replaceAll('\0', ' ')).filter((line) => line.includes(this.folder))
  }
}

/** No configuration of the user's machine takes part, and nothing of the tests lands in it. */
function isolated(folder: string): Record<string, string> {
  return {
    HOME: folder,
    // What a killed node leaves there goes with the swarm.
    TMPDIR: folder,
    XDG_DATA_HOME: join(folder, 'data'),
    XDG_CONFIG_HOME: join(folder, 'config'),
    XDG_CACHE_HOME: join(folder, 'cache')
  }
}

/** What is asked costs little, such as a file's name. */
const ASKED_EVERY_MS = 100
/** A project costs two processes a few milliseconds. */
const PROJECT_ASKED_EVERY_MS = 250

/** Only for what hangs: a machine with ten times the work comes to it too. */
const DEADLINE_MS = 300_000

/** Asks until there is an answer; how the tests wait for what other processes do. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  deadlineMs = DEADLINE_MS,
  everyMs = ASKED_EVERY_MS
): Promise<T> {
  const end = Date.now() + deadlineMs
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (Date.now() > end) throw new Error(`waited ${deadlineMs / 1000} s for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
}

export async function getProject(url: string, id: string): Promise<ProjectStatus | undefined> {
  const response = await fetch(`${url}/api/v2/projects/${id}`)
  return response.ok ? ((await response.json()) as ProjectStatus) : undefined
}

export async function getStatus(url: string): Promise<SwarmStatus> {
  return (await (await fetch(`${url}/api/v2/status`)).json()) as SwarmStatus
}

/** Waits until a project at a node is as wanted. @throws Error which says how it stood at last, and why */
export async function whenProject(
  url: string,
  id: string,
  what: string,
  wanted: (project: ProjectStatus) => boolean,
  deadlineMs = DEADLINE_MS
): Promise<ProjectStatus> {
  let last: ProjectStatus | undefined
  const ask = async (): Promise<ProjectStatus | undefined> => {
    const project = await getProject(url, id)
    if (project?.state === 'failed' && !wanted(project)) throw new Error(`the project failed: ${project.reason}`)
    last = project
    return project != null && wanted(project) ? project : undefined
  }
  try {
    return await eventually(`project ${what}`, ask, deadlineMs, PROJECT_ASKED_EVERY_MS)
  } catch (error) {
    const open = last?.scenes.total === last?.scenes.done ? undefined : await whyOpen(url, id)
    const { state, reason, scenes, running, failures, idle } = last ?? {}
    const stood = JSON.stringify({ state, reason, scenes, running, failures, idle, why: open })
    throw new Error(`${error instanceof Error ? error.message : String(error)}: ${stood}`, { cause: error })
  }
}

/** Why the first scene that is not done is not. */
async function whyOpen(url: string, id: string): Promise<unknown> {
  const response = await fetch(`${url}/api/v2/projects/${id}/scenes`).catch(() => undefined)
  if (response?.ok !== true) return undefined
  const { items } = (await response.json()) as { items: { scene: number; state: string }[] }
  const open = items.find(({ state }) => state !== 'done')
  if (open === undefined) return undefined
  const why = await fetch(`${url}/api/v2/projects/${id}/scenes/${open.scene}/why`)
  return why.ok ? ((await why.json()) as unknown) : undefined
}

export async function whenConnected(url: string, peers: number): Promise<void> {
  await eventually(`${peers} peers`, async () =>
    (await getStatus(url)).peers.filter((peer) => peer.connected).length >= peers ? true : undefined
  )
}

export function sha256(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}
