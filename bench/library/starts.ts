import { setTimeout as delay } from 'node:timers/promises'
import type { LocalSwarm } from '../../scripts/local-swarm.ts'
import { memoryMb, processorSeconds } from '../lib/of-process.ts'
import { median } from '../median.ts'

export interface Start {
  readonly readyMs: number
  readonly seconds: number
  readonly mb: number
  readonly ownMb: number
  readonly firstAnswerMs: number
}

export interface Starts {
  readonly empty: Start
  readonly full: Start
}

/** A node tries the encoders of the machine at its first start, and keeps what it found. */
const TRIED_MS = 15_000

async function startOnce(swarm: LocalSwarm, name: string, like?: string): Promise<Start> {
  const node = await swarm.start({ name, like })
  const seconds = await processorSeconds(node.pid)
  const [mb, ownMb] = [await memoryMb(node.pid, 'VmRSS'), await memoryMb(node.pid, 'RssAnon')]
  const began = performance.now()
  await (await fetch(`${node.url}/api/v2/status`)).arrayBuffer()
  const firstAnswerMs = performance.now() - began
  await node.stop()
  return { readyMs: node.readyMs, seconds, mb, ownMb, firstAnswerMs }
}

function medianOf(starts: readonly Start[]): Start {
  const of = (value: (start: Start) => number): number => median(starts.map(value))
  return {
    readyMs: of(({ readyMs }) => readyMs),
    seconds: of(({ seconds }) => seconds),
    mb: of(({ mb }) => mb),
    ownMb: of(({ ownMb }) => ownMb),
    firstAnswerMs: of(({ firstAnswerMs }) => firstAnswerMs)
  }
}

/** Starts a node without films and that of the data folder `library` in turn. */
export async function compareStarts(swarm: LocalSwarm, times: number): Promise<Starts> {
  const first = await swarm.start({ name: 'empty' })
  await delay(TRIED_MS)
  await first.stop()
  const [empty, full]: [Start[], Start[]] = [[], []]
  for (let time = 0; time < times; time += 1) {
    empty.push(await startOnce(swarm, 'empty'))
    full.push(await startOnce(swarm, 'library', first.dataDir))
  }
  return { empty: medianOf(empty), full: medianOf(full) }
}
