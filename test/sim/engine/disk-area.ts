import type { DiskArea, DiskError, WriteDone, WriteInit, WriteOp } from './disk-types.ts'
import { apply, inverted, keysOf, undoOf } from './disk-values.ts'
import type { Values } from './disk-values.ts'
import type { Gate } from './gate.ts'
import type { Random } from './random.ts'
import type { Timer, World } from './world.ts'

export interface AreaComponents {
  readonly world: World
  readonly random: Random
  readonly gate: Gate | undefined
  readonly isFull: () => boolean
}

export interface AreaInit {
  /** Whether writes are units in one log, or files that stand alone. */
  readonly layout: 'log' | 'files'
  readonly writeMs: readonly [number, number]
  readonly syncMs: readonly [number, number]
  readonly flushMeanMs: number
}

/** Under way, then written (the process sees it), then durable. */
interface Unit {
  readonly ops: readonly WriteOp[]
  readonly sync: boolean
  readonly process: number
  readonly done: WriteDone | undefined
  readonly error: DiskError | undefined
  written: boolean
}

const UNDO_MAX = 64

export class Area implements DiskArea {
  readonly #components: AreaComponents
  readonly #init: AreaInit
  #seen: Values = new Map()
  readonly #durable: Values = new Map()
  /** Not durable yet, in order. */
  #pending: Unit[] = []
  /** For the newest durable units, what puts back what each replaced. */
  #undo: (readonly WriteOp[])[] = []
  #newestKey: string | undefined
  #flushTimer: Timer | undefined
  #process = 0
  #lastMs = 0

  constructor(components: AreaComponents, init: AreaInit) {
    this.#components = components
    this.#init = init
  }

  write(key: string, bytes: Uint8Array, init: WriteInit, done?: WriteDone): void {
    this.batch([{ key, bytes }], init, done)
  }

  delete(key: string, init: WriteInit, done?: WriteDone): void {
    this.batch([{ key }], init, done)
  }

  batch(ops: readonly WriteOp[], { sync = false }: WriteInit, done?: WriteDone): void {
    const units = this.#init.layout === 'log' || ops.length === 0 ? [ops] : ops.map((op) => [op])
    const error = this.#components.isFull() && ops.some((op) => op.bytes !== undefined) ? 'ENOSPC' : undefined
    const { world, random } = this.#components
    const [fromMs, toMs] = sync ? this.#init.syncMs : this.#init.writeMs
    for (const [at, unitOps] of units.entries()) {
      const unitDone = at === units.length - 1 ? done : undefined
      const unit: Unit = { ops: unitOps, sync, process: this.#process, done: unitDone, error, written: false }
      if (error === undefined) this.#pending.push(unit)
      this.#lastMs = Math.max(this.#lastMs, world.nowMs + random.range(fromMs, toMs))
      world.callAt(this.#lastMs, this.#complete, unit)
    }
  }

  read(key: string): Uint8Array | undefined {
    return this.#seen.get(key)
  }

  readDurable(key: string): Uint8Array | undefined {
    return this.#durable.get(key)
  }

  keys(prefix = ''): string[] {
    return keysOf(this.#seen, prefix)
  }

  usedBytes(): number {
    let size = 0
    for (const bytes of this.#seen.values()) size += bytes.length
    return size
  }

  /** The process has ended: of what is under way, a prefix is written. Nobody hears of it. */
  kill(): void {
    this.#process++
    const underWay = this.#pending.filter((unit) => !unit.written)
    const kept = new Set(underWay.slice(0, this.#components.random.int(underWay.length + 1)))
    this.#pending = this.#pending.filter((unit) => unit.written || kept.has(unit))
    for (const unit of kept) this.#written(unit)
  }

  crash(tear: boolean): void {
    this.#process++
    const { random } = this.#components
    const pending = this.#forgetPending()
    const kept =
      this.#init.layout === 'log'
        ? pending.slice(0, random.int(pending.length + 1))
        : pending.filter(() => random.chance(0.5))
    for (const [at, unit] of kept.entries()) {
      const torn = tear && this.#init.layout === 'files' && at === kept.length - 1
      this.#harden(torn ? unit.ops.map((op) => this.#torn(op)) : unit.ops)
    }
    this.#seen = new Map(this.#durable)
  }

  lose(prefix = ''): void {
    this.#pending = this.#pending.filter((unit) => !unit.ops.some((op) => op.key.startsWith(prefix)))
    for (const key of keysOf(this.#seen, prefix)) this.#seen.delete(key)
    for (const key of keysOf(this.#durable, prefix)) this.#durable.delete(key)
    this.#undo = []
  }

  loseTail(writes: number): void {
    this.#forgetPending()
    for (let count = 0; count < writes; count++) apply(this.#durable, this.#undo.pop() ?? [])
    this.#seen = new Map(this.#durable)
  }

  corruptTail(bytes: number): string | undefined {
    const key = this.#newestKey
    const value = key === undefined ? undefined : this.#durable.get(key)
    if (key === undefined || value === undefined) return undefined
    const corrupt = inverted(value, bytes)
    // A newer value that is not durable yet is another file.
    if (this.#seen.get(key) === value) this.#seen.set(key, corrupt)
    this.#durable.set(key, corrupt)
    return key
  }

  readonly #complete = (unit: Unit): void => {
    if (unit.process !== this.#process) return
    if (unit.error === undefined) {
      this.#written(unit)
      if (unit.sync) this.#flush(unit)
    }
    if (unit.done === undefined) return
    const { gate } = this.#components
    if (gate === undefined) this.#tell(unit)
    else gate.pass(this.#tell, unit)
  }

  readonly #tell = (unit: Unit): void => {
    if (unit.process === this.#process) unit.done?.(unit.error)
  }

  #written(unit: Unit): void {
    unit.written = true
    apply(this.#seen, unit.ops)
    const { world, random } = this.#components
    this.#flushTimer ??= world.at(random.exponential(this.#init.flushMeanMs), () => this.#flushAll())
  }

  #flushAll(): void {
    this.#flushTimer = undefined
    for (const unit of this.#pending) if (unit.written) this.#harden(unit.ops)
    this.#pending = this.#pending.filter((unit) => !unit.written)
  }

  /** A log takes everything before this unit along; a file only replaces what was to come of its own key. */
  #flush(unit: Unit): void {
    const at = this.#pending.indexOf(unit)
    if (at === -1) return
    if (this.#init.layout === 'log') {
      for (const { ops } of this.#pending.splice(0, at + 1)) this.#harden(ops)
      return
    }
    const keys = new Set(unit.ops.map((op) => op.key))
    this.#pending = this.#pending.filter((other, place) => place > at || !other.ops.some((op) => keys.has(op.key)))
    this.#harden(unit.ops)
  }

  #harden(ops: readonly WriteOp[]): void {
    this.#undo.push(undoOf(this.#durable, ops))
    if (this.#undo.length > UNDO_MAX) this.#undo.shift()
    apply(this.#durable, ops)
    this.#newestKey = ops.findLast((op) => op.bytes !== undefined)?.key ?? this.#newestKey
  }

  #forgetPending(): Unit[] {
    const pending = this.#pending
    this.#pending = []
    this.#flushTimer?.cancel()
    this.#flushTimer = undefined
    return pending
  }

  #torn({ key, bytes }: WriteOp): WriteOp {
    if (bytes === undefined) return { key }
    return { key, bytes: bytes.subarray(0, this.#components.random.int(bytes.length + 1)) }
  }
}
