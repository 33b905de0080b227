import { setTimeout as delay } from 'node:timers/promises'
import type { LocalSwarm } from '../../scripts/local-swarm.ts'
import { memoryMb, processorSeconds } from '../lib/of-process.ts'
import { median } from '../median.ts'

/** The first look at memory that a node takes by itself comes before. */
const SETTLED_MS = 30_000
const WATCHED_MS = 30_000

export interface Footprint {
  readonly readyMs: number
  readonly readyProcessorSeconds: number
  readonly idleMb: number
  /** Of one core. */
  readonly idleShare: number
  /** Data folder of a node that has tried the encoders. */
  readonly dataDir: string
}

/** Starts a node some times, medians; the last one stays idle. The first start, which compiles and tries the encoders, does not count. */
export async function measureStartAndIdle(swarm: LocalSwarm, starts: number): Promise<Footprint> {
  const first = await swarm.start({ name: 'first' })
  const { dataDir } = first
  // What it found is kept when it has looked at all encoders.
  await delay(WATCHED_MS / 2)
  await first.stop()
  const ready: { readonly ms: number; readonly seconds: number }[] = []
  const start = async (name: string) => {
    const node = await swarm.start({ name, like: dataDir })
    ready.push({ ms: node.readyMs, seconds: await processorSeconds(node.pid) })
    return node
  }
  for (let count = 1; count < starts; count += 1) await (await start(`start-${count}`)).stop()
  const node = await start('idle')
  try {
    await delay(SETTLED_MS)
    const before = await processorSeconds(node.pid)
    await delay(WATCHED_MS)
    return {
      readyMs: median(ready.map(({ ms }) => ms)),
      readyProcessorSeconds: median(ready.map(({ seconds }) => seconds)),
      idleMb: await memoryMb(node.pid, 'VmRSS'),
      idleShare: ((await processorSeconds(node.pid)) - before) / (WATCHED_MS / 1000),
      dataDir
    }
  } finally {
    await node.stop()
  }
}
