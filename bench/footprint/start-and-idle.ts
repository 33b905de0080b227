import { setTimeout as delay } from 'node:timers/promises'
import { memoryMb, processorSeconds } from '../lib/of-process.ts'
import { median } from '../median.ts'
import { startDaemon } from './daemon.ts'

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
export async function measureStartAndIdle(
  { program, folder }: { readonly program: string; readonly folder: string },
  starts: number
): Promise<Footprint> {
  const first = await startDaemon({ program, folder, name: 'first' })
  const { dataDir } = first
  // What it found is kept when it has looked at all encoders.
  await delay(WATCHED_MS / 2)
  await first.stop()
  const ready = []
  for (let start = 1; start < starts; start += 1) {
    const node = await startDaemon({ program, folder, name: `start-${start}`, like: dataDir })
    ready.push(node)
    await node.stop()
  }
  const node = await startDaemon({ program, folder, name: 'idle', like: dataDir })
  ready.push(node)
  try {
    await delay(SETTLED_MS)
    const before = await processorSeconds(node.pid)
    await delay(WATCHED_MS)
    return {
      readyMs: median(ready.map(({ readyMs }) => readyMs)),
      readyProcessorSeconds: median(ready.map(({ readyProcessorSeconds }) => readyProcessorSeconds)),
      idleMb: await memoryMb(node.pid, 'VmRSS'),
      idleShare: ((await processorSeconds(node.pid)) - before) / (WATCHED_MS / 1000),
      dataDir
    }
  } finally {
    await node.stop()
  }
}
