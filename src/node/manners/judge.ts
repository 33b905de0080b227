import { type MannerValues, openingOf } from '../../api/manners/index.ts'

/** What is known of the machine at a moment; undefined where it does not tell. */
export interface MachineFacts {
  /** Share of all processors that programs other than this node's took since the last look, 0 to 1. */
  readonly othersShare: number | undefined
  /** Since the last key or movement of a mouse. */
  readonly inputIdleMs: number | undefined
  readonly onBattery: boolean | undefined
  /** Of the processor, in degrees Celsius. */
  readonly temperature: number | undefined
}

export type RestCode = 'schedule' | 'on-battery' | 'too-hot' | 'in-use'

/** Why a machine rests, and until when as far as that is known. */
export interface Rest {
  readonly code: RestCode
  /** In milliseconds since 1970. */
  readonly untilMs: number | undefined
  /** Degrees, or what is used; for people. */
  readonly detail: string
}

/** What is remembered from one look to the next. */
export interface MannersState {
  /** When somebody was last seen to use the machine, on the clock of the looks; undefined: never. */
  readonly usedAtMs: number | undefined
  readonly isHot: boolean
  readonly rest: Rest | undefined
}

export const FRESH_MANNERS: MannersState = { usedAtMs: undefined, isHot: false, rest: undefined }

/** From this share on somebody else uses the machine: less than that are the chores of an idle desktop. */
export const OTHERS_SHARE_MIN = 0.2

/** A machine goes on when it has cooled by so much, so that it does not change its mind every second. */
const COOLER_BY = 5

export interface Look {
  /** Milliseconds since 1970, for the schedule. */
  readonly wallMs: number
  /** Of a clock that nobody sets, for durations. */
  readonly nowMs: number
  readonly facts: MachineFacts
}

function usedAt({ usedAtMs }: MannersState, whenIdleMs: number, { nowMs, facts }: Look): number | undefined {
  if ((facts.othersShare ?? 0) >= OTHERS_SHARE_MIN) return nowMs
  const { inputIdleMs = Infinity } = facts
  if (inputIdleMs >= whenIdleMs) return usedAtMs
  return Math.max(usedAtMs ?? -Infinity, nowMs - inputIdleMs)
}

function scheduleRest(values: MannerValues, wallMs: number): Rest | undefined {
  const { open, untilMs } = openingOf(values.schedule, wallMs)
  return open ? undefined : { code: 'schedule', untilMs, detail: '' }
}

function useRest({ whenIdle }: MannerValues, usedAtMs: number | undefined, { nowMs, wallMs }: Look): Rest | undefined {
  if (whenIdle === undefined || usedAtMs === undefined) return undefined
  const leftMs = usedAtMs + whenIdle - nowMs
  return leftMs > 0 ? { code: 'in-use', untilMs: wallMs + leftMs, detail: '' } : undefined
}

/** Whether the machine rests, by its settings and by what is seen of it. The first reason that applies is given. */
export function judgeManners(before: MannersState, values: MannerValues, look: Look): MannersState {
  const { temperature, onBattery } = look.facts
  const { maxTemperature, whenIdle } = values
  const limit = maxTemperature === undefined ? Infinity : maxTemperature - (before.isHot ? COOLER_BY : 0)
  const isHot = temperature !== undefined && temperature > limit
  const usedAtMs = whenIdle === undefined ? undefined : usedAt(before, whenIdle, look)
  const battery: Rest | undefined =
    onBattery === true && values.onBattery === 'pause'
      ? { code: 'on-battery', untilMs: undefined, detail: '' }
      : undefined
  const hot: Rest | undefined = isHot
    ? { code: 'too-hot', untilMs: undefined, detail: `${Math.round(temperature)} °C` }
    : undefined
  const rest = scheduleRest(values, look.wallMs) ?? battery ?? hot ?? useRest(values, usedAtMs, look)
  return { usedAtMs, isHot, rest }
}
