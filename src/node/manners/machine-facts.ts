import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { askProgram, processTree, TICK_MS } from '../../platform/index.ts'
import type { MachineFacts } from './judge.ts'

export interface MachineFactsInit {
  /** In front of `/sys` and `/proc`; default none. For tests. */
  readonly root?: string
  /** Runs a program of the system and gives what it printed. */
  readonly ask?: typeof askProgram
  /** Milliseconds of processor time that this node and all its programs ever took. */
  readonly ownMs?: () => number
}

/** What somebody wants to know. */
export interface Wants {
  /** Whether somebody uses the machine. */
  readonly use: boolean
  readonly power: boolean
  readonly heat: boolean
}

const SEAT = ['loginctl', 'show-seat', 'seat0', '--property=IdleHint', '--property=IdleSinceHint'] as const

const ASK_MS_MAX = 5_000

const textOf = async (...path: string[]): Promise<string> =>
  (await readFile(join(...path), 'utf8').catch(() => '')).trim()

const entriesOf = async (folder: string): Promise<string[]> => readdir(folder).catch(() => [])

/** Its own, and that of programs that have ended. */
const ownTreeMs = (): number => TICK_MS * processTree([process.pid]).reduce((sum, { ticks }) => sum + ticks, 0)

interface Supply {
  readonly type: string
  readonly online: string
  readonly status: string
  /** `Device`: the battery of a mouse. */
  readonly scope: string
}

/** Whether a battery is being emptied and no mains power is there; undefined where there is no battery. */
function isOnBattery(supplies: readonly Supply[]): boolean | undefined {
  const batteries = supplies.filter(({ type, scope }) => type === 'Battery' && scope !== 'Device')
  if (batteries.length === 0) return undefined
  const mains = supplies.filter(({ type }) => type === 'Mains' || type.startsWith('USB'))
  if (mains.some(({ online }) => online === '1')) return false
  return batteries.some(({ status }) => status === 'Discharging')
}

async function readSupplies(root: string): Promise<Supply[]> {
  const folder = join(root, '/sys/class/power_supply')
  return Promise.all(
    (await entriesOf(folder)).map(async (name) => ({
      type: await textOf(folder, name, 'type'),
      online: await textOf(folder, name, 'online'),
      status: await textOf(folder, name, 'status'),
      scope: await textOf(folder, name, 'scope')
    }))
  )
}

/** Of thousandths; a sensor that does not work says 0 or less, or nothing. */
const degreesOf = (texts: readonly string[]): number[] =>
  texts.map((text) => Number(text) / 1000).filter((degrees) => degrees > 0 && degrees < 200)

/** Sensors of processors, by the names of their drivers. */
const CPU_SENSORS = /^(?:coretemp|k10temp|zenpower|cpu_thermal|cpu[-_].*|soc[-_]thermal)$/
const CPU_ZONES = /^(?:x86_pkg_temp|cpu.*|soc.*|acpitz)$/i

async function sensorDegrees(root: string): Promise<number[]> {
  const folder = join(root, '/sys/class/hwmon')
  const found = await Promise.all(
    (await entriesOf(folder)).map(async (name) => {
      if (!CPU_SENSORS.test(await textOf(folder, name, 'name'))) return []
      const inputs = (await entriesOf(join(folder, name))).filter((file) => /^temp\d+_input$/.test(file))
      return Promise.all(inputs.map(async (file) => textOf(folder, name, file)))
    })
  )
  return degreesOf(found.flat())
}

async function zoneDegrees(root: string): Promise<number[]> {
  const folder = join(root, '/sys/class/thermal')
  const found = await Promise.all(
    (await entriesOf(folder)).map(async (name) => {
      const isCpu = name.startsWith('thermal_zone') && CPU_ZONES.test(await textOf(folder, name, 'type'))
      return isCpu ? textOf(folder, name, 'temp') : ''
    })
  )
  return degreesOf(found)
}

async function readTemperature(root: string): Promise<number | undefined> {
  const sensors = await sensorDegrees(root)
  const all = sensors.length > 0 ? sensors : await zoneDegrees(root)
  return all.length === 0 ? undefined : Math.max(...all)
}

interface Ticks {
  readonly busyMs: number
  readonly allMs: number
  readonly ownMs: number
}

/** The first line of `/proc/stat`: user, nice, system, idle, iowait, irq, softirq, steal. */
async function readTicks(root: string, ownMs: () => number): Promise<Ticks | undefined> {
  const [line = ''] = (await textOf(root, '/proc/stat')).split('\n')
  const [user, nice, system, idle, waits, irq, soft] = line.split(/\s+/).slice(1).map(Number)
  if (user === undefined || nice === undefined || system === undefined || idle === undefined) return undefined
  const busy = user + nice + system + (irq ?? 0) + (soft ?? 0)
  return { busyMs: TICK_MS * busy, allMs: TICK_MS * (busy + idle + (waits ?? 0)), ownMs: ownMs() }
}

function othersShareOf(before: Ticks | undefined, now: Ticks | undefined): number | undefined {
  if (before === undefined || now === undefined || now.allMs <= before.allMs) return undefined
  const othersMs = now.busyMs - before.busyMs - (now.ownMs - before.ownMs)
  return Math.min(1, Math.max(0, othersMs / (now.allMs - before.allMs)))
}

/** Since when nobody has touched keyboard and mouse, by logind. A desktop that tells it nothing leaves the time at 0: then nobody knows. */
function inputIdleOf(printed: string, wallMs: number): number | undefined {
  const { IdleHint: hint, IdleSinceHint: since = '0' } = Object.fromEntries(
    printed.split('\n').map((line) => line.split('=') as [string, string?])
  )
  const sinceMs = Number(since) / 1000
  if (!(sinceMs > 0)) return undefined
  return hint === 'yes' ? Math.max(0, wallMs - sinceMs) : 0
}

/** What the system of this machine tells: files of Linux below `root`, and logind where there is one. */
export function createMachineFacts(init: MachineFactsInit = {}): (wants: Wants) => Promise<MachineFacts> {
  const { root = '', ask = askProgram, ownMs = ownTreeMs } = init
  let before: Ticks | undefined
  async function othersShare(): Promise<number | undefined> {
    const ticks = await readTicks(root, ownMs)
    const share = othersShareOf(before, ticks)
    before = ticks
    return share
  }

  async function inputIdleMs(): Promise<number | undefined> {
    const seat = await ask(SEAT, { msMax: ASK_MS_MAX })
    return seat.ok ? inputIdleOf(seat.stdout, Date.now()) : undefined
  }

  return async ({ use, power, heat }) => ({
    othersShare: use ? await othersShare() : undefined,
    inputIdleMs: use ? await inputIdleMs() : undefined,
    onBattery: power ? isOnBattery(await readSupplies(root)) : undefined,
    temperature: heat ? await readTemperature(root) : undefined
  })
}
