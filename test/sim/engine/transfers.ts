import { connected } from './gossip.ts'
import type { Transfer, TransferFailure, TransferInit } from './network-types.ts'
import { inProcess } from './topology.ts'
import type { Machine, Process, Topology } from './topology.ts'
import type { Timer, World } from './world.ts'

export interface TransfersInit {
  readonly transferStallMs: number
  readonly progressBytes: number
}

export interface TransfersComponents {
  readonly world: World
  readonly topology: Topology
}

/** Where nothing else limits it. */
const RATE_MAX_BYTES_PER_MS = 1e9

/** Bulk transfers: those of one node share its bandwidth evenly, and each is as fast as the slower side allows. */
export class Transfers {
  readonly #world: World
  readonly #topology: Topology
  readonly #init: TransfersInit
  readonly #active = new Set<Active>()

  constructor({ world, topology }: TransfersComponents, init: TransfersInit) {
    this.#world = world
    this.#topology = topology
    this.#init = init
  }

  start(init: TransferInit): Transfer {
    const from = this.#topology.machine(init.from)
    const to = this.#topology.machine(init.to)
    const transfer = new Active(this, init, from, to)
    if (to.process === undefined) return transfer
    transfer.running = true
    if (!connected(to, from)) {
      this.#fail(transfer, 'disconnected')
      return transfer
    }
    transfer.startTimer = this.#world.call(
      this.#topology.delayMs(to, from) + this.#topology.delayMs(from, to),
      this.#begin,
      transfer
    )
    return transfer
  }

  /** Ends it without a word. */
  end(transfer: Active): void {
    this.#settle(transfer)
    transfer.running = false
    transfer.startTimer?.cancel()
    transfer.nextTimer?.cancel()
    transfer.stallTimer?.cancel()
    if (this.#active.delete(transfer)) this.review()
  }

  /** Paths, connections, processes or bandwidths have changed. */
  review(): void {
    if (this.#active.size === 0) return
    const uploads = new Map<Machine, number>()
    const downloads = new Map<Machine, number>()
    for (const transfer of this.#active) {
      if (transfer.process === undefined || transfer.to.process !== transfer.process) {
        transfer.cancel()
        return
      }
      if (!connected(transfer.to, transfer.from)) {
        this.#fail(transfer, 'disconnected')
        return
      }
      transfer.flowing = this.#flows(transfer)
      if (!transfer.flowing) continue
      uploads.set(transfer.from, (uploads.get(transfer.from) ?? 0) + 1)
      downloads.set(transfer.to, (downloads.get(transfer.to) ?? 0) + 1)
    }
    for (const transfer of this.#active) {
      const { from, to } = transfer
      const rate = transfer.flowing
        ? Math.min(
            from.bandwidth.upBytesPerMs / (uploads.get(from) ?? 1),
            to.bandwidth.downBytesPerMs / (downloads.get(to) ?? 1),
            RATE_MAX_BYTES_PER_MS
          )
        : 0
      this.#setRate(transfer, rate)
    }
  }

  readonly #begin = (transfer: Active): void => {
    if (!transfer.running) return
    transfer.settledMs = this.#world.nowMs
    this.#active.add(transfer)
    transfer.from.counters.traffic.bulk.sentMessages++
    transfer.to.counters.traffic.bulk.receivedMessages++
    // Neither a rate nor a stall is known yet.
    transfer.rate = -1
    this.review()
  }

  #flows({ from, to }: Active): boolean {
    return (
      from.process !== undefined &&
      from.process.gate?.paused !== true &&
      to.process?.gate?.paused !== true &&
      this.#topology.reaches(from, to) &&
      this.#topology.reaches(to, from) &&
      connected(from, to)
    )
  }

  #setRate(transfer: Active, rate: number): void {
    if (transfer.rate === rate) return
    this.#settle(transfer)
    transfer.rate = rate
    transfer.nextTimer?.cancel()
    if (rate > 0) {
      transfer.stallTimer?.cancel()
      transfer.stallTimer = undefined
      this.#planNext(transfer)
    } else {
      transfer.stallTimer ??= this.#world.call(this.#init.transferStallMs, this.#stalled, transfer)
    }
  }

  #planNext(transfer: Active): void {
    const { progressBytes } = this.#init
    const { totalBytes } = transfer.init
    transfer.nextBytes = Math.min(totalBytes, (Math.floor(transfer.exactBytes / progressBytes) + 1) * progressBytes)
    const restMs = Math.max(0, transfer.nextBytes - transfer.exactBytes) / transfer.rate
    transfer.nextTimer = this.#world.call(restMs, this.#reached, transfer)
  }

  readonly #reached = (transfer: Active): void => {
    const { process } = transfer
    if (!transfer.running || process === undefined) return
    this.#settle(transfer, transfer.nextBytes)
    if (transfer.exactBytes < transfer.init.totalBytes) {
      this.#planNext(transfer)
      if (transfer.init.onProgress !== undefined) inProcess(process, report, { transfer, bytes: transfer.exactBytes })
    } else {
      this.end(transfer)
      inProcess(process, done, transfer)
    }
  }

  readonly #stalled = (transfer: Active): void => {
    if (transfer.process !== undefined) inProcess(transfer.process, this.#stillStalled, transfer)
  }

  /** In the receiver's process, which may just have been woken. */
  readonly #stillStalled = (transfer: Active): void => {
    transfer.stallTimer = undefined
    if (transfer.running && transfer.rate <= 0) this.#fail(transfer, 'stalled')
  }

  /** Counts what has come since the last time. */
  #settle(transfer: Active, exactBytes?: number): void {
    const { nowMs } = this.#world
    if (transfer.rate > 0) {
      const flowed = transfer.exactBytes + transfer.rate * (nowMs - transfer.settledMs)
      const before = transfer.exactBytes
      transfer.exactBytes = exactBytes ?? Math.min(flowed, transfer.nextBytes)
      transfer.from.counters.traffic.bulk.sentBytes += transfer.exactBytes - before
      transfer.to.counters.traffic.bulk.receivedBytes += transfer.exactBytes - before
    }
    transfer.settledMs = nowMs
  }

  #fail(transfer: Active, reason: TransferFailure): void {
    const { process } = transfer
    if (!transfer.running || process === undefined) return
    transfer.failure = reason
    this.end(transfer)
    this.#world.call(0, tellFailure, transfer)
  }
}

class Active implements Transfer {
  readonly init: TransferInit
  readonly from: Machine
  readonly to: Machine
  /** The receiver's. */
  readonly process: Process | undefined
  readonly #transfers: Transfers
  running = false
  cancelled = false
  flowing = false
  failure: TransferFailure | undefined
  exactBytes: number
  nextBytes = 0
  rate = 0
  settledMs = 0
  startTimer: Timer | undefined
  nextTimer: Timer | undefined
  stallTimer: Timer | undefined

  constructor(transfers: Transfers, init: TransferInit, from: Machine, to: Machine) {
    this.#transfers = transfers
    this.init = init
    this.from = from
    this.to = to
    this.process = to.process
    this.exactBytes = init.offsetBytes ?? 0
  }

  get receivedBytes(): number {
    return Math.floor(this.exactBytes)
  }

  cancel(): void {
    this.cancelled = true
    if (this.running) this.#transfers.end(this)
  }
}

function tellFailure(transfer: Active): void {
  if (transfer.process !== undefined) inProcess(transfer.process, failed, transfer)
}

function failed(transfer: Active): void {
  if (wanted(transfer) && transfer.failure !== undefined) {
    transfer.init.onFail(transfer.failure, transfer.receivedBytes)
  }
}

function done(transfer: Active): void {
  if (wanted(transfer)) transfer.init.onDone()
}

function report({ transfer, bytes }: { readonly transfer: Active; readonly bytes: number }): void {
  if (wanted(transfer)) transfer.init.onProgress?.(bytes)
}

/** The process that asked for it still runs and did not cancel it. */
function wanted({ cancelled, to, process }: Active): boolean {
  return !cancelled && process !== undefined && to.process === process
}
