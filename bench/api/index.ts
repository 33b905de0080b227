import { fork, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import autocannon from 'autocannon'
import { beginFigure } from '../lib/begin-figure.ts'
import { type ClientsMemory, memoryOfClients, memoryTable } from './memory.ts'
import { ask, heard } from './server.ts'
import type { FigureTable, Measured } from '../lib/figure.ts'

const HELP = `npm run bench:api [-- --seconds 5 --rounds 3]

Requests a second of a node that knows 200 projects of 5,000 scenes, five of which change four times a second, against a bare hono handler
that answers with the same bytes: each call on both in turn, several rounds, the middle round counts. Then its memory with 200 clients of
the live events, 20 of which never read, while 20,000 scenes change in 20 seconds.`

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    help: { type: 'boolean', default: false }
  }
})

interface Call {
  readonly name: string
  readonly path: string
  readonly connections: number
}

const CALLS: readonly Call[] = [
  { name: 'get_projects?scenes=0', path: '/api/get_projects?scenes=0', connections: 10 },
  { name: 'get_projects', path: '/api/get_projects', connections: 1 },
  { name: 'get_project', path: '/api/get_project/project100', connections: 10 },
  { name: '/api/v2/status', path: '/api/v2/status', connections: 10 },
  { name: '/api/v2/projects/{id}/film', path: '/api/v2/projects/project100/film', connections: 10 },
  { name: '/scene/{id}/1.ivf', path: '/scene/project100/1.ivf', connections: 10 }
]

const TIMES_MAX = 2
/** What 200 clients may take, on top. */
const CLIENTS_MIB_MAX = 32

interface Figures {
  readonly perSecond: number
  /** Processor time of the server. */
  readonly cpuMs: number
  readonly p50Ms: number
  readonly p99Ms: number
}

if (values.help) console.log(HELP)
else await main(Number(values.seconds), Number(values.rounds))

async function main(seconds: number, rounds: number): Promise<void> {
  const figure = beginFigure('api')
  const folder = await mkdtemp(join(tmpdir(), 'grav1-bench-'))
  const child = fork(join(import.meta.dirname, 'server-child.ts'), [folder], { execArgv: ['--expose-gc'] })
  try {
    const ready = await heard(child, 'ready')
    const calls: CallFigures[] = []
    for (const call of CALLS) calls.push(await measure(child, ready, call, seconds, rounds))
    const memory = await memoryOfClients(child, ready.url)
    await figure.publish({
      title: 'The HTTP API',
      how: [
        'A node knows 200 projects of 5,000 scenes each, five of which change four times a second.',
        `Each call and a bare handler that sends the same bytes are asked in turn, ${rounds} times ${seconds} s each; the middle one counts.`,
        'Client and server share the cores; the last column is the processor time of the server for one request.'
      ],
      tables: [callTable(calls), memoryTable(memory)],
      findings: [worstFinding(calls), ...calls.map(callFinding), memoryFinding(memory)]
    })
  } finally {
    child.disconnect()
    await rm(folder, { recursive: true, force: true })
  }
}

interface CallFigures {
  readonly name: string
  readonly bytes: number
  readonly ours: Figures
  readonly bare: Figures
  /** Time of ours over that of the bare one. */
  readonly times: number
}

async function measure(
  child: ChildProcess,
  { url, bareUrl }: { readonly url: string; readonly bareUrl: string },
  { name, path, connections }: Call,
  seconds: number,
  rounds: number
): Promise<CallFigures> {
  const { bytes } = await ask(child, { type: 'keep', path }, 'kept')
  const real: Figures[] = []
  const plain: Figures[] = []
  for (let round = 0; round < rounds; round += 1) {
    real.push(await load(child, `${url}${path}`, connections, seconds))
    plain.push(await load(child, `${bareUrl}${path}`, connections, seconds))
  }
  const [ours, bare] = [middle(real), middle(plain)]
  return { name, bytes, ours, bare, times: bare.perSecond / ours.perSecond }
}

function callTable(calls: readonly CallFigures[]): FigureTable {
  const whole = ['call', 'bytes', 'requests/s', 'p50 ms', 'p99 ms', 'bare: requests/s', 'p50 ms', 'p99 ms']
  const columns = whole.map((title) => ({ title, digits: 0 }))
  return {
    caption: 'Answers',
    columns: [...columns, { title: 'time over bare', digits: 2 }, { title: 'processor time over bare', digits: 2 }],
    rows: calls.map(({ name, bytes, ours, bare, times }) => [
      `\`${name}\``,
      bytes,
      ...[ours, bare].flatMap(({ perSecond, p50Ms, p99Ms }) => [perSecond, p50Ms, p99Ms]),
      times,
      ours.cpuMs / bare.cpuMs
    ])
  }
}

const targetOf = ({ times }: CallFigures) => ({ text: `at most ${TIMES_MAX} times`, isReached: times <= TIMES_MAX })

function worstFinding(calls: readonly CallFigures[]): Measured['findings'][number] {
  const [worst] = calls.toSorted((a, b) => b.times - a.times)
  if (worst === undefined) throw new Error('no calls')
  return {
    what: `the slowest of ${calls.length} calls to a node with 200 projects, over a bare handler with the same bytes`,
    result: `${worst.times.toFixed(2)} times (\`${worst.name}\`)`,
    target: targetOf(worst),
    inReadme: true
  }
}

const callFinding = (call: CallFigures): Measured['findings'][number] => ({
  what: `\`${call.name}\` of 200 projects, over a bare handler with the same bytes`,
  result: `${call.times.toFixed(2)} times`,
  target: targetOf(call)
})

function memoryFinding({ before, after }: ClientsMemory): Measured['findings'][number] {
  const more = after.heapMib - before.heapMib
  return {
    what: 'heap that 200 clients of live events take, 20 of which never read',
    result: `${more.toFixed(0)} MiB`,
    target: { text: `at most ${CLIENTS_MIB_MAX} MiB`, isReached: more <= CLIENTS_MIB_MAX }
  }
}

async function load(child: ChildProcess, url: string, connections: number, duration: number): Promise<Figures> {
  const before = await ask(child, { type: 'cpu' }, 'cpu')
  const result = await autocannon({ url, connections, duration, timeout: 60 })
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${url}: ${result.non2xx} refused, ${result.errors} broke`)
  // A round without an answer says nothing.
  if (result.requests.total === 0) return load(child, url, connections, 2 * duration)
  return {
    perSecond: result.requests.total / result.duration,
    cpuMs: ((await ask(child, { type: 'cpu' }, 'cpu')).ms - before.ms) / result.requests.total,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99
  }
}

/** The round whose rate is in the middle. */
function middle(rounds: readonly Figures[]): Figures {
  const sorted = rounds.toSorted((a, b) => a.perSecond - b.perSecond)
  const figures = sorted[sorted.length >> 1]
  if (figures == null) throw new Error('no rounds')
  return figures
}
