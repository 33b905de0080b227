import { spawn } from 'node:child_process'
import { access, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { startTerminal } from '../scripts/terminal.ts'
import { formatTable } from '../src/node/cli/format.ts'
import { memoryMb } from './lib/of-process.ts'
import { median } from './median.ts'

const { values } = parseArgs({
  options: {
    reps: { type: 'string', default: '5' },
    // Another checkout, built, whose starts alternate with this one's.
    against: { type: 'string' }
  }
})
const { reps } = z.object({ reps: z.coerce.number().int().min(1) }).parse(values)
const thisCheckout = resolve(import.meta.dirname, '..')

const NODE_IDLE_MS = 25_000
const TOP_IDLE_MS = 12_000
const START_MS_MAX = 120_000
const LOOK_MS = 10

/** One start of a node and of its terminal interface. */
interface Run {
  /** Until the API answers. */
  readonly readyMs: number
  /** The most that it had until then and while it was idle, in MB of 1,000 KiB. */
  readonly peakMb: number
  readonly idleMb: number
  /** Until the first screen. */
  readonly topReadyMs: number
  readonly topMb: number
}

/** Copies what a package holds: with `src` beside it, the program would run from source. */
async function packageOf(checkout: string, folder: string): Promise<string> {
  await access(join(checkout, 'dist')).catch(() => {
    throw new Error(`${checkout} is not built: run "npm run build" there`)
  })
  await mkdir(join(folder, 'web'), { recursive: true })
  for (const part of ['bin', 'dist', 'package.json', 'web/dist'])
    await cp(join(checkout, part), join(folder, part), { recursive: true })
  await symlink(join(checkout, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

/** Looks until something is there. @returns it, and the milliseconds that it took */
async function timeUntil<Value>(look: () => Promise<Value | undefined>): Promise<[Value, number]> {
  const began = performance.now()
  for (;;) {
    const value = await look()
    const ms = performance.now() - began
    if (value !== undefined) return [value, ms]
    if (ms > START_MS_MAX) throw new Error(`nothing after ${START_MS_MAX / 1000} s`)
    await delay(LOOK_MS)
  }
}

async function measureTop(program: string, folder: string): Promise<Pick<Run, 'topReadyMs' | 'topMb'>> {
  const pidFile = join(folder, 'pid')
  const command = `echo $$ > '${pidFile}'; exec '${process.execPath}' '${program}' top --data-dir '${folder}'`
  const terminal = await startTerminal({ socket: join(folder, 'tmux'), columns: 100, rows: 30, command })
  try {
    const [, topReadyMs] = await timeUntil(async () => (/slots/.test(await terminal.screen()) ? true : undefined))
    await delay(TOP_IDLE_MS)
    return { topReadyMs, topMb: await memoryMb(Number(await readFile(pidFile, 'utf8')), 'VmRSS') }
  } finally {
    await terminal.close()
  }
}

async function measure(installed: string): Promise<Run> {
  const folder = await mkdtemp(join(tmpdir(), 'grav1-idle-'))
  const program = join(installed, 'bin/grav1.js')
  const args = ['--data-dir', folder, '--no-mdns', '--listen', '/ip4/127.0.0.1/tcp/0', '--api-port', '0']
  await writeFile(join(folder, 'config.toml'), '')
  const env = { ...process.env, GRAV1_CONFIG: join(folder, 'config.toml') }
  const node = spawn(process.execPath, [program, 'node', ...args], { stdio: 'ignore', env })
  const ended = new Promise<void>((done) => node.once('exit', () => done()))
  try {
    if (node.pid === undefined) throw new Error('the node did not start')
    const apiFile = join(folder, 'api.json')
    const [, readyMs] = await timeUntil(async () => {
      if (node.exitCode !== null) throw new Error(`the node of ${installed} ended with code ${node.exitCode}`)
      return access(apiFile).then(
        () => true,
        () => undefined
      )
    })
    await delay(NODE_IDLE_MS)
    const memory = { idleMb: await memoryMb(node.pid, 'VmRSS'), peakMb: await memoryMb(node.pid, 'VmHWM') }
    return { readyMs, ...memory, ...(await measureTop(program, folder)) }
  } finally {
    node.kill()
    await ended
    await rm(folder, { recursive: true, force: true })
  }
}

const COLUMNS = ['readyMs', 'peakMb', 'idleMb', 'topReadyMs', 'topMb'] as const

const row = (name: string, runs: readonly Run[], of: (values: readonly number[]) => number): string[] => [
  name,
  ...COLUMNS.map((column) => of(runs.map((run) => run[column])).toFixed(0))
]

const work = await mkdtemp(join(tmpdir(), 'grav1-bench-idle-'))
try {
  const checkouts = [thisCheckout, ...(values.against === undefined ? [] : [resolve(values.against)])]
  const sides = []
  for (const [index, checkout] of checkouts.entries())
    sides.push({ name: index === 0 ? 'this' : 'against', installed: await packageOf(checkout, join(work, `${index}`)) })
  const runs = new Map<string, Run[]>(sides.map(({ name }) => [name, []]))
  // The first start of each fills its cache of compiled code.
  for (const { installed } of sides) await measure(installed)
  for (let rep = 1; rep <= reps; rep += 1) {
    for (const { name, installed } of sides) {
      const run = await measure(installed)
      runs.get(name)?.push(run)
      console.error(row(`${name} ${rep}`, [run], median).join('  '))
    }
  }
  const rows = [['', 'node: ready ms', 'peak MB', 'idle MB', 'top: first screen ms', 'MB']]
  for (const [name, measured] of runs) {
    rows.push(row(`${name}, median of ${reps}`, measured, median))
    rows.push(
      row(`${name}, least`, measured, (of) => Math.min(...of)),
      row(`${name}, most`, measured, (of) => Math.max(...of))
    )
  }
  console.log(formatTable(rows))
} finally {
  await rm(work, { recursive: true, force: true })
}
