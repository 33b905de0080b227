import type { ChildProcess } from 'node:child_process'
import { request } from 'node:http'
import { connect } from 'node:net'
import { ask } from './server.ts'
import type { FigureTable } from '../lib/figure.ts'
import type { Told } from './server-child.ts'

type Memory = Extract<Told, { type: 'memory' }>

export interface ClientsMemory {
  readonly before: Memory
  /** With 200 clients of live events, 20 of which never read. */
  readonly connected: Memory
  /** 20,000 changes of scenes in 20 seconds later. */
  readonly after: Memory
  /** What each of those that read got. */
  readonly mibRead: number
}

const PATH = '/api/v2/events?film=project000'

export async function memoryOfClients(child: ChildProcess, url: string): Promise<ClientsMemory> {
  const before = await ask(child, { type: 'memory' }, 'memory')
  let bytesRead = 0
  const readers = Array.from({ length: 180 }, () => {
    const asked = request(`${url}${PATH}`, { agent: false }, (answer) => {
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
    socket.write(`GET ${PATH} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`)
    return socket
  })
  const settled = async (): Promise<Memory> => {
    const memory = await ask(child, { type: 'memory' }, 'memory')
    return memory.clients === 200 ? memory : settled()
  }
  await settled()
  await ask(child, { type: 'churn', changes: 1000, seconds: 5 }, 'churned')
  const connected = await settled()
  await ask(child, { type: 'churn', changes: 20_000, seconds: 20 }, 'churned')
  const after = await ask(child, { type: 'memory' }, 'memory')
  for (const one of [...readers, ...deaf]) one.destroy()
  return { before, connected, after, mibRead: bytesRead / 180 / 2 ** 20 }
}

export function memoryTable({ before, connected, after }: ClientsMemory): FigureTable {
  const row = (what: string, { heapMib, rssMib }: Memory): (string | number)[] => [what, heapMib, rssMib]
  return {
    caption: 'Memory of the server',
    columns: [
      { title: 'live events', digits: 0 },
      { title: 'heap, MiB', digits: 0 },
      { title: 'resident, MiB', digits: 0 }
    ],
    rows: [
      row('no clients', before),
      row('200 clients, 20 of which never read', connected),
      row('20,000 changes of scenes later', after)
    ]
  }
}
