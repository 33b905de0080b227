import { setTimeout as delay } from 'node:timers/promises'
import type { LocalNode, LocalSwarm } from '../../scripts/local-swarm.ts'
import { swarmStatus } from '../../src/api/schemas/index.ts'
import { memoryMb, processorSeconds, shareMb } from '../lib/of-process.ts'

const SEEN_MS_MAX = 120_000
const WATCHED_MS = 20_000
/** Each look asks all nodes for all nodes. */
const LOOK_MS = 2_000
/** So many start beside each other. */
const TOGETHER = 4

export interface Many {
  readonly count: number
  /** From the first start until each node saw all others; null where that did not come about. */
  readonly allSeenMs: number | null
  /** Peers that the node sees which sees the fewest. */
  readonly fewestSeen: number
  /** Sum over the nodes, where a page that several share counts once. */
  readonly totalMb: number
  readonly largestMb: number
  /** Cores that all nodes take together. */
  readonly cores: number
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

async function fewestSeen(nodes: readonly LocalNode[]): Promise<number> {
  const seen = await Promise.all(
    nodes.map(async ({ url }) => {
      const response = await fetch(`${url}/api/v2/status`)
      return swarmStatus.parse(await response.json()).peers.length
    })
  )
  return Math.min(...seen)
}

async function usedBy(nodes: readonly LocalNode[]): Promise<number> {
  return sum(await Promise.all(nodes.map(async ({ pid }) => processorSeconds(pid))))
}

/** Starts nodes of one swarm, a few at a time, each with the address of the first one, and looks at them while they are idle. */
export async function measureMany(swarm: LocalSwarm, like: string, count: number): Promise<Many> {
  const nodes: LocalNode[] = []
  const began = performance.now()
  try {
    while (nodes.length < count) {
      const bootstrap = nodes[0]?.address
      const together = bootstrap === undefined ? 1 : Math.min(TOGETHER, count - nodes.length)
      const names = Array.from({ length: together }, (_, index) => `many-${nodes.length + index}`)
      const starts = await Promise.allSettled(names.map(async (name) => swarm.start({ name, bootstrap, like })))
      for (const start of starts) if (start.status === 'fulfilled') nodes.push(start.value)
      for (const start of starts) if (start.status === 'rejected') throw start.reason
    }
    const deadline = performance.now() + SEEN_MS_MAX
    let seen = await fewestSeen(nodes)
    while (seen < count - 1 && performance.now() < deadline) {
      await delay(LOOK_MS)
      seen = await fewestSeen(nodes)
    }
    const allSeenMs = seen < count - 1 ? null : performance.now() - began
    await delay(WATCHED_MS)
    const before = await usedBy(nodes)
    await delay(WATCHED_MS)
    return {
      count,
      allSeenMs,
      fewestSeen: seen,
      totalMb: sum(await Promise.all(nodes.map(async ({ pid }) => shareMb(pid)))),
      largestMb: Math.max(...(await Promise.all(nodes.map(async ({ pid }) => memoryMb(pid, 'VmRSS'))))),
      cores: ((await usedBy(nodes)) - before) / (WATCHED_MS / 1000)
    }
  } finally {
    await Promise.all(nodes.map(async (node) => node.stop()))
  }
}
