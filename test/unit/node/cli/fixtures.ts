import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { onTestFinished } from 'vitest'
import type { PeerStatus, ProjectStatus, SwarmStatus } from '../../../../src/api/schemas/index.ts'
import type { CliIo } from '../../../../src/node/cli/io.ts'
import type { StopSignal } from '../../../../src/platform/index.ts'

export const peerId = '12D3KooWQYz6mYwhmyVBxXnT9eWj8y9kkmjbaDGBC9BrF6H4jFCJ'

export const project = (change: Partial<ProjectStatus> = {}): ProjectStatus => ({
  projectId: 'p-1234',
  title: 'film.mkv',
  owner: peerId,
  own: true,
  state: 'encoding',
  phases: ['encoding'],
  stale: false,
  reason: '',
  encoder: 'aom',
  encoderParams: '--cpu-used=6',
  encoderBuild: 'aom/3.6.0/1f2e3d4c',
  passes: 2,
  builds: 'same',
  madeBy: [],
  width: 1920,
  height: 1080,
  fpsNum: 24_000,
  fpsDen: 1001,
  sourceBytes: 200_000_000,
  priority: 0,
  createdAtMs: 1,
  endedAtMs: null,
  frames: 3641,
  totalFrames: 8669,
  share: 3641 / 8669,
  planned: true,
  scenes: { total: 68, done: 12, running: 2, failed: 0 },
  fps: 39.2,
  etaSeconds: 128,
  bytes: 1_000_000,
  kbps: 2161.1,
  estimatedBytes: 74.52 * 1024 * 1024,
  outputPath: null,
  outputSha256: null,
  outputBytes: null,
  failures: [],
  warnings: [],
  sample: null,
  running: [],
  workers: {},
  proved: 0,
  caught: [],
  ...change
})

export const peer = (change: Partial<PeerStatus> = {}): PeerStatus => ({
  peerId,
  name: 'box',
  version: '0.1.0',
  connected: true,
  addresses: [],
  slots: 2,
  busy: 1,
  encoders: ['aom/3.6.0/1f2e3d4c'],
  health: 'ok',
  paused: false,
  path: 'local',
  latencyMs: 1,
  class: 'local',
  standing: null,
  trust: 'trusted',
  fps: 0,
  scenesDone: 0,
  scenesRefused: 0,
  heardSecondsAgo: 0,
  ...change
})

export const swarm = (projects: ProjectStatus[] = []): SwarmStatus => ({
  node: {
    ...peer(),
    bootstrap: '',
    uptimeSeconds: 60,
    rssBytes: 1e8,
    sandbox: 'bubblewrap',
    noSandbox: null,
    draining: false
  },
  peers: [peer({ name: 'other', connected: false })],
  projects
})

export interface Answer {
  readonly status?: number
  readonly json?: unknown
  readonly text?: string
}

export interface SeenRequest {
  readonly line: string
  readonly token: string | undefined
  readonly body: unknown
}

/** An HTTP server on loopback that answers from `handler` for the length of the test. */
export async function serve(handler: (request: SeenRequest) => Answer): Promise<{ url: string; seen: SeenRequest[] }> {
  const seen: SeenRequest[] = []
  const listener = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const text = Buffer.concat(chunks).toString()
    const body: unknown = text === '' ? undefined : JSON.parse(text)
    const one = { line: `${request.method} ${request.url}`, token: request.headers.authorization, body }
    seen.push(one)
    const answer = handler(one)
    response.writeHead(answer.status ?? 200, { 'content-type': 'application/json' })
    response.end(answer.text ?? JSON.stringify(answer.json ?? {}))
  }
  const server = createServer((request, response) => {
    listener(request, response).catch((error: unknown) => response.destroy(error as Error))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return { url: `http://127.0.0.1:${address.port}`, seen }
}

/** A `CliIo` that keeps what was written and lets a test raise signals. */
export function fakeIo(change: Partial<CliIo> = {}) {
  const out: string[] = []
  const err: string[] = []
  const exits: number[] = []
  const listeners = new Map<string, Set<(error?: unknown) => void>>()
  const listen = (name: string, listener: (error?: unknown) => void) => {
    const set = listeners.get(name) ?? new Set()
    listeners.set(name, set.add(listener))
    return () => void set.delete(listener)
  }
  const io: CliIo = {
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    terminal: undefined,
    env: {},
    cwd: '/',
    onSignal: (signal, listener) => listen(signal, listener),
    onCrash: (listener) => listen('crash', listener),
    exit: (code) => exits.push(code),
    runSelf: () => Promise.reject(new Error('no other process in this test')),
    onParentGone: (listener) => listen('parent-gone', listener),
    loadDaemon: () => Promise.reject(new Error('no daemon in this test')),
    ...change
  }
  const raise = (name: StopSignal | 'SIGINT' | 'crash', error?: unknown) => {
    for (const listener of listeners.get(name) ?? []) listener(error)
  }
  const listening = () => [...listeners.values()].reduce((sum, set) => sum + set.size, 0)
  return { io, out, err, exits, raise, listening }
}
