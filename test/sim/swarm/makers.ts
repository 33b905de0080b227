import { sha256Hex } from '../../../src/swarm/signer.ts'
import type { Announce, Probe } from '../../../src/swarm/protocol/index.ts'
import type { Random } from '../engine/random.ts'

/** What a simulated node encodes with. */
export interface SimMaker {
  readonly build: string
  readonly probe: Probe
}

const sum = (text: string): string => sha256Hex(new TextEncoder().encode(text))

/** Of every owner. */
export const OWNERS: SimMaker = {
  build: 'vp9/1.15.0/00000000',
  probe: { frames: sum('frames'), header: sum('header') }
}

/** Another version that gives the same bytes, the same version that does not, another that does not, and one that writes another header. */
const OTHERS: readonly SimMaker[] = [
  { build: 'vp9/1.17.0/00000000', probe: OWNERS.probe },
  { build: OWNERS.build, probe: { ...OWNERS.probe, frames: sum('frames of another machine') } },
  { build: 'vp9/1.12.0/00000000', probe: { ...OWNERS.probe, frames: sum('frames of another version') } },
  { build: 'vp9/1.12.0/00000000', probe: { frames: sum('other frames'), header: sum('another header') } }
]

export const MAKERS: readonly SimMaker[] = [OWNERS, ...OTHERS]

/** Makers of a swarm: of one kind, or mixed. The first worker always has the owners'. */
export interface Makers {
  readonly mixed: boolean
  readonly of: (id: string) => SimMaker
  readonly builds: () => Announce['builds']
}

export function drawMakers(random: Random, workers: readonly string[], mixed: boolean): Makers {
  const chosen = new Map(workers.slice(1).map((id) => [id, random.chance(0.3) ? OWNERS : random.pick(OTHERS)]))
  return {
    mixed,
    of: (id) => (mixed ? (chosen.get(id) ?? OWNERS) : OWNERS),
    builds: () => (mixed && random.chance(0.6) ? 'compatible' : 'same')
  }
}
