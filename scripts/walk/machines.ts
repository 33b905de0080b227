import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { type Image, inside } from '../image/build.ts'

const MS_MAX = 600_000

/** Homes of the machines, which share one system. */
const homeOf = (machine: number): string => (machine === 1 ? '/root' : `/root/machine-${machine}`)

/** Machines with one system between them, and each a home and a network card of its own; a cable joins the first two. */
export interface Machines {
  /** A command of the shell in the network of this machine, which reaches the internet. @returns what it printed @throws Error with the last of it */
  readonly install: (line: string) => Promise<string>
  /** A command of the shell on a machine that reaches only the other. */
  readonly run: (machine: number, line: string) => Promise<string>
  /** The same, for one that stays. @returns once it has printed what is waited for: all that it printed */
  readonly stay: (machine: number, line: string, until: RegExp) => Promise<string>
  /** Ends everything that still runs. */
  readonly close: () => Promise<void>
}

const ip = async (...words: string[]): Promise<unknown> => execa('ip', words)

async function layCable(names: readonly [string, string]): Promise<void> {
  for (const name of names) await ip('netns', 'add', name)
  const [first, second] = names
  await ip('link', 'add', 'walk', 'netns', first, 'type', 'veth', 'peer', 'name', 'walk', 'netns', second)
  for (const [at, name] of names.entries()) {
    await ip('-n', name, 'address', 'add', `10.77.0.${at + 1}/24`, 'dev', 'walk')
    for (const device of ['lo', 'walk']) await ip('-n', name, 'link', 'set', device, 'up')
  }
}

/** The first process in the image: with it everything that was started there ends. */
async function startFirst(image: Image) {
  const [program, ...args] = inside(image, ['sh', '-c', 'echo ready; exec sleep infinity'])
  const first = execa(program, args, { stdin: 'ignore', reject: false, buffer: false })
  await new Promise<void>((resolve, reject) => {
    first.stdout.once('data', () => resolve())
    void first.then(() => reject(new Error('the system cannot be entered')))
  })
  const pid = (await readFile(`/proc/${first.pid}/task/${first.pid}/children`, 'utf8')).trim()
  return { first, pid }
}

export async function openMachines(image: Image, signal: AbortSignal): Promise<Machines> {
  const names = [`grav1-walk-${process.pid}-1`, `grav1-walk-${process.pid}-2`] as const
  const { first, pid } = await startFirst(image)
  await writeFile(join(image.root, 'etc/hosts'), '127.0.0.1 localhost\n')
  for (const machine of [1, 2]) await mkdir(join(image.root, homeOf(machine), 'films'), { recursive: true })
  await layCable(names)
  const words = (machine: number | undefined, line: string): [string, ...string[]] => {
    const home = homeOf(machine ?? 1)
    const env = Object.entries({ ...image.env, HOME: home }).map(([name, value]) => `${name}=${value}`)
    const enter = ['--target', pid, '--mount', '--pid', '--root', '--', 'env', '-i', ...env]
    const rest = [...enter, 'sh', '-ec', `cd "$HOME/films"; ${line}`]
    return machine === undefined
      ? ['nsenter', ...rest]
      : ['ip', 'netns', 'exec', names[machine - 1] ?? '', 'nsenter', ...rest]
  }
  const options = { all: true, stdin: 'ignore', cancelSignal: signal, killSignal: 'SIGKILL' } as const
  const once = async (machine: number | undefined, line: string): Promise<string> => {
    const [program, ...args] = words(machine, line)
    const { all, exitCode, timedOut } = await execa(program, args, { ...options, reject: false, timeout: MS_MAX })
    signal.throwIfAborted()
    if (exitCode === 0) return all
    throw new Error(`${timedOut ? 'no end in time' : `exit code ${exitCode}`}: ${all.slice(-600)}`)
  }
  return {
    install: async (line) => once(undefined, line),
    run: once,
    stay: async (machine, line, until) => {
      const [program, ...args] = words(machine, line)
      const child = execa(program, args, { ...options, reject: false, buffer: false })
      let said = ''
      return new Promise((resolve, reject) => {
        child.all.setEncoding('utf8')
        child.all.on('data', (text: string) => {
          said += text
          if (until.test(said)) resolve(said)
        })
        void child.then(() => reject(new Error(`it ended: ${said.slice(-600)}`)))
      })
    },
    close: async () => {
      first.kill('SIGKILL')
      await first
      for (const name of names) await ip('netns', 'delete', name)
    }
  }
}
