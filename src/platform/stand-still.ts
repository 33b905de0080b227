import { readdirSync, readFileSync } from 'node:fs'
import { type System, thisSystem } from './system.ts'

/** A process as Linux tells it. */
export interface ProcessLine {
  readonly pid: number
  readonly parent: number
  /** `R`, `S`, `T` and so on. */
  readonly state: string
  /** Ticks of the processor that it and its ended children took, in user and system mode. */
  readonly ticks: number
}

/** Ticks a second in what `/proc` tells, on every architecture of today. */
export const TICK_MS = 10

/** Reads `/proc/<pid>/stat`; the name, the second word, may hold anything. */
export function parseProcess(text: string): ProcessLine | undefined {
  const words = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const number = (at: number): number => Number(words[at])
  const pid = Number.parseInt(text, 10)
  const ticks = number(11) + number(12) + number(13) + number(14)
  if (!Number.isSafeInteger(pid) || !Number.isSafeInteger(ticks)) return undefined
  return { pid, parent: number(1), state: words[0] ?? '', ticks }
}

function readOne(name: string): ProcessLine[] {
  try {
    const line = parseProcess(readFileSync(`/proc/${name}/stat`, 'utf8'))
    return line === undefined ? [] : [line]
  } catch {
    // It has ended meanwhile.
    return []
  }
}

/** Every process that somebody may see; none where the system does not tell. */
function allProcesses({ name }: System): ProcessLine[] {
  if (name !== 'linux') return []
  try {
    return readdirSync('/proc').flatMap((entry) => (/^\d+$/.test(entry) ? readOne(entry) : []))
  } catch {
    return []
  }
}

/** These processes and all that they started, parents first. Empty where the system does not tell. */
export function processTree(roots: Iterable<number>, system: System = thisSystem): ProcessLine[] {
  const byParent = Map.groupBy(allProcesses(system), ({ parent }) => parent)
  const own = new Set(roots)
  const found = [...byParent.values()].flat().filter(({ pid }) => own.has(pid))
  // The list grows while it is read.
  for (const { pid } of found) found.push(...(byParent.get(pid) ?? []).filter((child) => !own.has(child.pid)))
  // A child may have a smaller number than its parent, and so have been read before it. If it ended in between, its time would count at both.
  return found.flatMap(({ pid }) => readOne(String(pid)))
}

/** Whether programs can be made to stand still. */
export const canStandStill = ({ hasGroups }: System = thisSystem): boolean => hasGroups

function send(target: number, signal: 'SIGSTOP' | 'SIGCONT'): void {
  try {
    process.kill(target, signal)
  } catch {
    // It has ended already.
  }
}

const STANDS = new Set(['T', 't', 'Z', 'X', 'x'])
/** A program that starts another at that moment needs a second look. */
const LOOKS = 8

/** Makes programs that were started with `groupOptions` stand still, with all that they started: in a sandbox these are in another session, where no signal to the group comes. */
export function standStill(pids: readonly number[]): void {
  for (const pid of pids) send(-pid, 'SIGSTOP')
  for (let look = 0; look < LOOKS; look += 1) {
    const moving = processTree(pids).filter(({ state }) => !STANDS.has(state))
    if (moving.length === 0) return
    for (const { pid } of moving) send(pid, 'SIGSTOP')
  }
}

/** Lets them go on; those that were started last first, so that nobody meets a partner that still stands. */
export function goOn(pids: readonly number[]): void {
  for (const { pid } of processTree(pids).toReversed()) send(pid, 'SIGCONT')
  for (const pid of pids) send(-pid, 'SIGCONT')
}
