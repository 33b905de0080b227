import { parseSchedule } from './schedule.ts'

/** What a setting means to the node. */
export interface MannerValues {
  readonly schedule: ReturnType<typeof parseSchedule>
  /** Nobody may have used the machine for this long; undefined: it does not matter. */
  readonly whenIdle: number | undefined
  readonly onBattery: 'pause' | 'run'
  /** Degrees Celsius. */
  readonly maxTemperature: number | undefined
  /** Share of all processors, 0.05 to 1. */
  readonly maxCpu: number | undefined
  /** Of the largest picture that this machine encodes. */
  readonly maxPicture: { readonly width: number; readonly height: number } | undefined
  /** Bytes of pieces and scenes on the disk that nothing needs. */
  readonly maxCache: number | undefined
}

export type MannerName = keyof MannerValues

/** The settings as their user writes them; `off` where there is no limit. */
export type Manners = Readonly<Record<MannerName, string>>

interface Manner<Value> {
  readonly flag: string
  readonly argument: string
  readonly help: string
  /** What is allowed, to complete "use ...". */
  readonly allowed: string
  readonly standard: string
  /** @throws TypeError that says what is wrong */
  readonly read: (text: string) => Value
}

const wrong = (text: string): TypeError => new TypeError(`"${text}" is not valid`)

/** @param factors of the units, by name */
function measured(text: string, pattern: RegExp, min: number, max: number): number | undefined {
  if (text === 'off') return undefined
  const value = Number(pattern.exec(text)?.[1] ?? Number.NaN)
  if (!(value >= min && value <= max)) throw wrong(text)
  return value
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 }
const DAY_MS = 24 * 3_600_000

function readDuration(text: string): number | undefined {
  if (text === 'off') return undefined
  const [, count = '', unit = ''] = /^(\d{1,5})([smh])$/.exec(text) ?? []
  const ms = Number(count) * (UNIT_MS[unit] ?? Number.NaN)
  if (!(ms >= 1000 && ms <= DAY_MS)) throw wrong(text)
  return ms
}

function readPicture(text: string): MannerValues['maxPicture'] {
  if (text === 'off') return undefined
  const [, width, height] = /^(\d{2,5})x(\d{2,5})$/.exec(text) ?? []
  if (width === undefined || height === undefined) throw wrong(text)
  return { width: Number(width), height: Number(height) }
}

const UNIT_BYTES: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 }

function readBytes(text: string): number | undefined {
  if (text === 'off') return undefined
  const [, count = '', unit = ''] = /^(\d{1,12})([kmgt]?)$/.exec(text) ?? []
  const bytes = count === '' ? Number.NaN : Number(count) * (UNIT_BYTES[unit] ?? Number.NaN)
  if (!Number.isSafeInteger(bytes)) throw wrong(text)
  return bytes
}

function readBattery(text: string): 'pause' | 'run' {
  if (text === 'pause' || text === 'run') return text
  throw wrong(text)
}

const share = (percent: number | undefined): number | undefined => (percent === undefined ? undefined : percent / 100)

/** How a lent machine behaves, one row for each setting: command line, config file, API and web client read this table. */
export const MANNERS: { readonly [Name in MannerName]: Manner<MannerValues[Name]> } = {
  schedule: {
    flag: 'schedule',
    argument: '<times>',
    help: 'when this machine may encode, in local time',
    allowed: 'times and days such as 22:00-07:00,sat,sun or mon-fri 18:00-08:00, or off',
    standard: 'off',
    read: parseSchedule
  },
  whenIdle: {
    flag: 'when-idle',
    argument: '<time|off>',
    help: 'encode only after nobody has used this machine for this long',
    allowed: 'a time from 1s to 24h such as 10m, or off',
    standard: 'off',
    read: readDuration
  },
  onBattery: {
    flag: 'on-battery',
    argument: '<pause|run>',
    help: 'what to do while this machine runs on battery',
    allowed: 'pause or run',
    standard: 'pause',
    read: readBattery
  },
  maxTemperature: {
    flag: 'max-temperature',
    argument: '<degrees|off>',
    help: 'pause while the processor is hotter than this, in degrees Celsius',
    allowed: 'a number from 40 to 110, or off',
    standard: 'off',
    read: (text) => measured(text, /^(\d{2,3})$/, 40, 110)
  },
  maxCpu: {
    flag: 'max-cpu',
    argument: '<percent|off>',
    help: 'share of all processors that encoding may use',
    allowed: 'a percentage from 5% to 100%, or off',
    standard: 'off',
    read: (text) => share(measured(text, /^(\d{1,3})%$/, 5, 100))
  },
  maxPicture: {
    flag: 'max-picture',
    argument: '<WxH|off>',
    help: 'largest picture that this machine encodes',
    allowed: 'a size such as 1920x1080, or off',
    standard: 'off',
    read: readPicture
  },
  maxCache: {
    flag: 'max-cache',
    argument: '<bytes|off>',
    help: 'space in the data folder for pieces and scenes that no film needs any more',
    allowed: 'a number of bytes such as 10G or 0, or off',
    standard: '10g',
    read: readBytes
  }
}

export const mannerNames = Object.keys(MANNERS) as readonly MannerName[]

/** What the texts mean. They were checked before. */
export const mannerValues = (manners: Manners): MannerValues => ({
  schedule: MANNERS.schedule.read(manners.schedule),
  whenIdle: MANNERS.whenIdle.read(manners.whenIdle),
  onBattery: MANNERS.onBattery.read(manners.onBattery),
  maxTemperature: MANNERS.maxTemperature.read(manners.maxTemperature),
  maxCpu: MANNERS.maxCpu.read(manners.maxCpu),
  maxPicture: MANNERS.maxPicture.read(manners.maxPicture),
  maxCache: MANNERS.maxCache.read(manners.maxCache)
})
