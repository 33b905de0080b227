import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import autocannon from 'autocannon'
import type { Ask, Told } from './server-child.ts'

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

interface Figures {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

if (values.help) console.log(HELP)
else await main(Number(values.seconds), Number(values.rounds))

async function main(seconds: number, rounds: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'grav1-bench-'))
  const child = fork(join(import.meta.dirname, 'server-child.ts'), [folder], { execArgv: ['--expose-gc'] })
  try {
    const ready = await heard(child, 'ready')
    console.log(
      '| call | bytes | requests/s | p50 ms | p99 ms | bare requests/s | bare p50 | bare p99 | time of the bare one |'
    )
    console.log('| --- | --: | --: | --: | --: | --: | --: | --: | --: |')
    for (const call of CALLS) console.log(await measure(child, ready, call, seconds, rounds))
    console.log(await memoryOfClients(child, ready.url))
  } finally {
    child.disconnect()
    await rm(folder, { recursive: true, force: true })
  }
}

async function measure(
  child: ChildProcess,
  { url, bareUrl }: { readonly url: string; readonly bareUrl: string },
  { name, path, connections }: Call,
  seconds: number,
  rounds: number
): Promise<string> {
  const { bytes } = await ask(child, { type: 'keep', path }, 'kept')
  const real: Figures[] = []
  const bare: Figures[] = []
  for (let round = 0; round < rounds; round += 1) {
    real.push(await load(`${url}${path}`, connections, seconds))
    bare.push(await load(`${bareUrl}${path}`, connections, seconds))
  }
  const [ours, theirs] = [middle(real), middle(bare)]
  const figures = [ours, theirs].flatMap(({ perSecond, p50Ms, p99Ms }) => [
    perSecond < 20 ? perSecond.toFixed(1) : String(Math.round(perSecond)),
    String(p50Ms),
    String(p99Ms)
  ])
  return `| ${[name, bytes, ...figures, `${(theirs.perSecond / ours.perSecond).toFixed(2)} x`].join(' | ')} |`
}

async function load(url: string, connections: number, duration: number): Promise<Figures> {
  const result = await autocannon({ url, connections, duration, timeout: 60 })
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${url}: ${result.non2xx} refused, ${result.errors} broke`)
  return {
    perSecond: result.requests.total / result.duration,
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

async function memoryOfClients(child: ChildProcess, url: string): Promise<string> {
  const path = '/api/v2/events?film=project000'
  const before = await ask(child, { type: 'memory' }, 'memory')
  let bytesRead = 0
  const readers = Array.from({ length: 180 }, () => {
    const asked = request(`${url}${path}`, { agent: false }, (answer) => {
      answer.on('data', (data: Buffer) => (bytesRead += data.length))
      answer.on('error', () => {})
    })
    asked.on('error', () => {})
    return asked.end()
  })
  const { hostname, port } = new URL(url)
  const deaf = Array.from({ length: 20 }, () => {
    const socket = connect({ host: hostname, port: Number(port) }).pause()
    socket.on('error', () => {})
    socket.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`)
    return socket
  })
  const settled = async (): Promise<Extract<Told, { type: 'memory' }>> => {
    const memory = await ask(child, { type: 'memory' }, 'memory')
    return memory.clients === 200 ? memory : settled()
  }
  await settled()
  await ask(child, { type: 'churn', changes: 1000, seconds: 5 }, 'churned')
  const connected = await settled()
  await ask(child, { type: 'churn', changes: 20_000, seconds: 20 }, 'churned')
  const after = await ask(child, { type: 'memory' }, 'memory')
  for (const one of readers) one.destroy()
  for (const one of deaf) one.destroy()
  const line = (what: string, { heapMib, rssMib }: Extract<Told, { type: 'memory' }>): string =>
    `| ${what} | ${heapMib.toFixed(1)} | ${rssMib.toFixed(0)} |`
  return [
    '',
    '| live events | heap MiB | resident MiB |',
    '| --- | --: | --: |',
    line('before', before),
    line('200 clients, 20 of them never read', connected),
    line('20,000 changes of scenes later', after),
    '',
    `The 180 that read got ${(bytesRead / 180 / 2 ** 20).toFixed(1)} MiB each.`
  ].join('\n')
}

async function ask<Type extends Told['type']>(
  child: ChildProcess,
  what: Ask,
  type: Type
): Promise<Extract<Told, { type: Type }>> {
  const answer = heard(child, type)
  child.send(what)
  return answer
}

async function heard<Type extends Told['type']>(
  child: ChildProcess,
  type: Type
): Promise<Extract<Told, { type: Type }>> {
  const over = new AbortController()
  const died = once(child, 'exit', { signal: over.signal }).then(() => {
    throw new Error('the server ended')
  })
  died.catch(() => {})
  try {
    while (true) {
      const [told] = (await Promise.race([once(child, 'message', { signal: over.signal }), died])) as [Told]
      if (told.type === type) return told as Extract<Told, { type: Type }>
    }
  } finally {
    over.abort()
  }
}
