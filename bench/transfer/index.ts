import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { beginFigure } from '../lib/begin-figure.ts'
import { processorSeconds } from '../lib/of-process.ts'
import { median } from '../median.ts'
import { type Peer, startPeer } from './peer.ts'
import type { Used } from './meter.ts'

const HELP = `npm run bench:transfer [-- --megabytes 2000 --reps 1 --profile folder]

What a transfer between nodes on loopback costs, each in a process of its own: a stream with encryption, a blob with hashes and disk,
three workers at once, and what the source spends before. --profile writes profiles of all sides there.`

const { values } = parseArgs({
  options: {
    megabytes: { type: 'string', default: '2000' },
    reps: { type: 'string', default: '1' },
    profile: { type: 'string' },
    help: { type: 'boolean', default: false }
  }
})
const whole = z.coerce.number().int().min(1)
const [megabytes, reps] = [whole.parse(values.megabytes), whole.parse(values.reps)]
const bytes = megabytes * 1_000_000
const options = values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`]
/** A stream has no disk: it is tried several times, with fewer bytes. */
const STREAMS = 5
const streamBytes = Math.ceil(bytes / 4)
const WORKERS = 3
const RATE = 270
const GROWN_MB = 64

/** Rates in MB/s, processor time in seconds per GB, memory in MB. */
interface Transfer {
  readonly rate: number
  readonly sourceCpu: number
  readonly receiverCpu: number
  readonly grown: number
}

interface Run {
  readonly publishCpu: number
  readonly streams: readonly Transfer[]
  /** The first transfer of a blob: its source reads it once more for the hashes of its chunks. */
  readonly first: Transfer
  readonly again: Transfer
  /** The fastest of those that fetch at once over the slowest. */
  readonly unfair: number
}

async function writeNoise(file: string): Promise<void> {
  const part = randomBytes(1 << 20)
  const handle = await open(file, 'w')
  try {
    for (let at = 0; at < bytes; at += part.byteLength) {
      part.writeDoubleLE(at)
      await handle.write(part, 0, Math.min(part.byteLength, bytes - at))
    }
  } finally {
    await handle.close()
  }
}

/** One transfer, with what it costs the source. */
async function transfer(source: Peer, count: number, task: () => Promise<Used>): Promise<Transfer> {
  const before = await processorSeconds(source.pid)
  const { seconds, cpuSeconds, grownBytes } = await task()
  const sourceSeconds = (await processorSeconds(source.pid)) - before
  return {
    rate: count / 1e6 / seconds,
    sourceCpu: sourceSeconds / (count / 1e9),
    receiverCpu: cpuSeconds / (count / 1e9),
    grown: grownBytes / 1e6
  }
}

async function measure(folder: string): Promise<Run> {
  await mkdir(folder)
  const file = join(folder, 'film')
  await writeNoise(file)
  const peers: Peer[] = []
  const start = async (name: string): Promise<Peer> => {
    const peer = await startPeer(join(folder, name), options)
    peers.push(peer)
    return peer
  }
  try {
    const source = await start('source')
    const { sha256, cpuSeconds } = await source.ask({ type: 'publish', file }, 'published')
    const from = { address: source.address, ref: { sha256, bytes } }
    const fetchBy = async (peer: Peer): Promise<Used> => peer.ask({ type: 'fetch', ...from }, 'came')
    const reader = await start('reader')
    const streams: Transfer[] = []
    for (let n = 0; n < STREAMS; n += 1) {
      const asked = { type: 'stream', address: source.address, bytes: streamBytes } as const
      streams.push(await transfer(source, streamBytes, async () => reader.ask(asked, 'came')))
    }
    const first = await transfer(source, bytes, async () => fetchBy(reader))
    const second = await start('second')
    // A fresh process grows by what it loads, whatever it fetches.
    await second.ask({ type: 'stream', address: source.address, bytes: streamBytes }, 'came')
    const again = await transfer(source, bytes, async () => fetchBy(second))
    const atOnce = await Promise.all(Array.from({ length: WORKERS }, async (_, n) => start(`at-once-${n}`)))
    const seconds = await Promise.all(atOnce.map(async (peer) => (await fetchBy(peer)).seconds))
    const unfair = Math.max(...seconds) / Math.min(...seconds)
    return { publishCpu: cpuSeconds / (bytes / 1e9), streams, first, again, unfair }
  } finally {
    await Promise.all(peers.map(async (peer) => peer.end()))
  }
}

const middle = (transfers: readonly Transfer[]): Transfer => {
  const of = (field: keyof Transfer): number => median(transfers.map((one) => one[field]))
  return { rate: of('rate'), sourceCpu: of('sourceCpu'), receiverCpu: of('receiverCpu'), grown: of('grown') }
}

const row = (name: string, { rate, sourceCpu, receiverCpu, grown }: Transfer) => [
  name,
  rate,
  sourceCpu,
  receiverCpu,
  grown
]

async function bench(): Promise<void> {
  const figure = beginFigure('transfer')
  const runs: Run[] = []
  const folder = await mkdtemp(join(tmpdir(), 'grav1-transfer-'))
  // The peers end with this process.
  const interrupted = (): void => void rm(folder, { recursive: true, force: true }).finally(() => process.exit(1))
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, interrupted)
  try {
    for (let rep = 0; rep < reps; rep += 1) runs.push(await measure(join(folder, String(rep))))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  const stream = middle(runs.flatMap(({ streams }) => streams))
  const [first, again] = [middle(runs.map((run) => run.first)), middle(runs.map((run) => run.again))]
  const grown = Math.max(first.grown, again.grown)
  const unfair = median(runs.map((run) => run.unfair))
  const publishCpu = median(runs.map((run) => run.publishCpu))
  await figure.publish({
    title: 'Transfers',
    how: [
      `Nodes on loopback, each in a process of its own; a blob of ${megabytes} MB, and streams of ${Math.round(streamBytes / 1e6)} MB from memory.`,
      'A stream is encrypted (noise) and multiplexed (yamux); a blob is also read, hashed twice, checked chunk by chunk and written.',
      `Medians of ${runs.length * STREAMS} streams and ${runs.length} blobs.`,
      `To publish a blob costs its owner ${publishCpu.toFixed(2)} s of processor time for each GB.`
    ],
    tables: [
      {
        columns: [
          { title: 'transfer' },
          { title: 'MB/s' },
          { title: 'source, CPU s/GB', digits: 2 },
          { title: 'receiver, CPU s/GB', digits: 2 },
          { title: 'receiver grew, MB' }
        ],
        rows: [row('a stream', stream), row('a blob, the first time', first), row('a blob, again', again)]
      }
    ],
    findings: [
      {
        what: 'one encrypted stream on loopback',
        result: `${stream.rate.toFixed(0)} MB/s`,
        target: { text: `at least ${RATE} MB/s`, isReached: stream.rate >= RATE }
      },
      {
        what: `memory that fetching ${megabytes} MB takes`,
        result: `${grown.toFixed(0)} MB`,
        target: { text: `at most ${GROWN_MB} MB`, isReached: grown <= GROWN_MB }
      },
      { what: `${WORKERS} workers fetch at once: the longest time over the shortest`, result: unfair.toFixed(2) }
    ]
  })
}

if (values.help) console.log(HELP)
else await bench()
