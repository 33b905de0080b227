import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'

/** What the mean node said in a while. */
export interface Traffic {
  /** Gossip that it sent, and all that it sent, in bytes. */
  readonly gossipBytes: number
  readonly sentBytes: number
  /** Gossip by topic, or by what gossipsub says about messages. */
  readonly kinds: Readonly<Record<string, GossipKind>>
}

/** Of one kind; `got` is how many came, `repeated` how many of them had come before. */
export interface GossipKind {
  readonly sent: number
  readonly sentBytes: number
  readonly got: number
  readonly repeated: number
}

const LOOK_MS = 20
const ASKED_MS_MAX = 60_000
const GOSSIP = /^\/(?:meshsub|floodsub)\//

const kind = z.object({ sent: z.number(), sentBytes: z.number(), got: z.number(), repeated: z.number() })
const counts = z.object({ sent: z.record(z.string(), z.number()), gossip: z.record(z.string(), kind) })
type Counts = z.infer<typeof counts>

const NOTHING: GossipKind = { sent: 0, sentBytes: 0, got: 0, repeated: 0 }

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** Asks nodes that count their streams to write down what they have so far: at the begin, then at the end of what is measured. */
export async function markTraffic(folder: string, pids: readonly number[], when: 'begin' | 'end'): Promise<void> {
  for (const pid of pids) process.kill(pid, 'SIGUSR2')
  const deadline = performance.now() + ASKED_MS_MAX
  while (!pids.every((pid) => existsSync(join(folder, `${pid}-${when}.json`)))) {
    if (performance.now() > deadline) throw new Error('a node does not write down its traffic')
    await delay(LOOK_MS)
  }
}

/** What the mean of these nodes said between the two marks. */
export async function readTraffic(folder: string, pids: readonly number[]): Promise<Traffic> {
  const read = async (pid: number, when: string): Promise<Counts> =>
    counts.parse(JSON.parse(await readFile(join(folder, `${pid}-${when}.json`), 'utf8')))
  const nodes = await Promise.all(pids.map(async (pid) => [await read(pid, 'begin'), await read(pid, 'end')] as const))
  const sumOf = (isCounted: (protocol: string) => boolean): number =>
    mean(
      nodes.map(([begin, end]) =>
        Object.entries(end.sent).reduce(
          (sum, [name, n]) => sum + (isCounted(name) ? n - (begin.sent[name] ?? 0) : 0),
          0
        )
      )
    )
  const names = [...new Set(nodes.flatMap(([, end]) => Object.keys(end.gossip)))].sort()
  const meanOf = (name: string, field: keyof GossipKind): number =>
    mean(nodes.map(([begin, end]) => (end.gossip[name] ?? NOTHING)[field] - (begin.gossip[name] ?? NOTHING)[field]))
  return {
    gossipBytes: sumOf((name) => GOSSIP.test(name)),
    sentBytes: sumOf(() => true),
    kinds: Object.fromEntries(
      names.map((name) => [
        name,
        {
          sent: meanOf(name, 'sent'),
          sentBytes: meanOf(name, 'sentBytes'),
          got: meanOf(name, 'got'),
          repeated: meanOf(name, 'repeated')
        }
      ])
    )
  }
}
