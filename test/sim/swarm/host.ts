import type { Timing } from '../../../src/swarm/protocol/index.ts'
import type { Scope } from '../engine/clock.ts'
import type { Disk } from '../engine/disk-types.ts'
import type { Network } from '../engine/network-types.ts'
import type { Random } from '../engine/random.ts'
import type { World } from '../engine/world.ts'
import type { SimKey } from './keys.ts'
import type { SimMaker } from './makers.ts'
import type { Observer } from './observer.ts'

/** What every part of a simulated node stands on. `scope` is of the current run. */
export interface Host {
  readonly id: string
  readonly key: SimKey
  readonly world: World
  readonly network: Network
  readonly disk: Disk
  readonly observer: Observer
  readonly random: Random
  readonly timing: Timing
  readonly maker: SimMaker
  /** How long its encoder takes for a probe clip. */
  readonly probeMs: number
  /** Least time between two beats of a project; a large beat takes longer. */
  readonly beatMs: number
  readonly scope: Scope
  /** Names the run: a claim of an earlier one is no claim of this. */
  readonly run: number
  readonly trace: (text: () => string) => void
}

/** What the first byte of a message on a connection says. */
export const FRAME = { syncRequest: 0, syncReply: 1, openSession: 2, session: 3, closeSession: 4 } as const

export function framed(tag: number, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(payload.byteLength + 1)
  bytes[0] = tag
  bytes.set(payload, 1)
  return bytes
}
