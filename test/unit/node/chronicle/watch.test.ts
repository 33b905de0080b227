import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createListeners } from '../../../../src/common/listeners.ts'
import { watchNode } from '../../../../src/node/chronicle/index.ts'
import { announceSample, OWNER, PROJECT, WORKER } from '../../../fixtures/protocol-samples.ts'
import { nodeOf, peerOf } from '../../../fixtures/web-data.ts'
import type { LogChange } from '../../../../src/swarm/index.ts'
import type { Attempt } from '../../../../src/node/history/index.ts'
import type { PeerStatus } from '../../../../src/api/schemas/index.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function bench() {
  const records = createListeners<LogChange>()
  const overs = createListeners<Attempt>()
  const disk = createListeners<'ok' | 'disk-full'>()
  const named = createListeners<void>()
  const told: string[] = []
  const logged: string[] = []
  const state = { peers: [] as PeerStatus[], samples: 0 }
  const view = {
    projectId: PROJECT,
    owner: OWNER,
    announce: { ...announceSample, title: 'film.mkv', createdAtMs: Date.now() },
    scenes: [{ plan: { frames: 240 } }],
    acceptedScenes: 1
  } as unknown as LogChange['view']
  const stop = watchNode({
    chronicle: {
      note: ({ kind, text }) => told.push(`${kind}: ${text}`),
      sample: () => {
        state.samples += 1
      }
    },
    book: { views: new Map([[PROJECT, view]]), onRecord: records.add },
    history: { onOver: overs.add },
    guard: { onChange: disk.add },
    node: { status: () => nodeOf(), peers: () => state.peers },
    projects: { list: () => [] },
    onNamed: named.add,
    log: { ...SILENT, info: (fields, message) => logged.push(`${message} ${JSON.stringify(fields)}`) }
  })
  const record = (body: object, own = true, at: Partial<LogChange['view']['announce']> = {}): void =>
    records.tell({
      view: { ...view, announce: { ...view.announce, ...at } },
      record: { body },
      own
    } as unknown as LogChange)
  return { told, logged, state, stop, named: named.tell, record, over: overs.tell, disk: disk.tell }
}

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

const ACCEPT = { scene: 0, worker: WORKER, encodeMs: 41_000, result: { bytes: 629_000 } }
const END = { reason: '', outputBytes: 2_000_000, endedAtMs: Date.now() }

test('what happens is told in words', () => {
  const { told, state, record, over, disk } = bench()
  state.peers = [peerOf()]
  record({ type: 'announce' })
  record({ type: 'accept', accept: ACCEPT })
  over({ projectId: PROJECT, scene: 1, worker: WORKER, verdict: 'refused', reason: 'a frame is wrong.\n' } as Attempt)
  over({ projectId: PROJECT, scene: 1, worker: WORKER, verdict: 'failed', reason: 'no memory' } as Attempt)
  over({ projectId: PROJECT, scene: 1, worker: WORKER, verdict: 'superseded', reason: '' } as Attempt)
  record({ type: 'end', end: { ...END, state: 'completed', endedAtMs: Date.now() } })
  record({ type: 'end', end: { ...END, state: 'removed', endedAtMs: Date.now() } })
  disk('disk-full')
  const [kitchen, attic] = [`kitchen …${WORKER.slice(-6)}`, `attic …${OWNER.slice(-6)}`]
  expect(told).toEqual([
    'started: This node started, version 0.1.0',
    `submitted: film.mkv was submitted at ${attic}`,
    `accepted: film.mkv scene 1: accepted from ${kitchen}, encoded in 41 s, 5.9 fps, 614 KiB`,
    `refused: film.mkv scene 2: the result of ${kitchen} was refused: a frame is wrong`,
    `scene-failed: film.mkv scene 2: ${kitchen} could not encode it: no memory`,
    'completed: film.mkv is done: 1 scene, 1.9 MiB',
    'disk-full: The disk is full: this node takes no new work until there is space'
  ])
})

test('what neighbours tell after a start did not happen now', () => {
  const { told, record } = bench()
  const longAgo = Date.now() - 3_600_000
  record({ type: 'announce' }, false, { createdAtMs: longAgo })
  record({ type: 'accept', accept: ACCEPT }, false)
  record({ type: 'end', end: { ...END, state: 'failed', endedAtMs: longAgo } }, false)
  expect(told).toHaveLength(1)
})

test('peers come and go once they have names, and the speed is noted once a minute', () => {
  const { told, state, stop } = bench()
  state.peers = [peerOf({ name: '' })]
  vi.advanceTimersByTime(10_000)
  state.peers = [peerOf()]
  vi.advanceTimersByTime(20_000)
  state.peers = [peerOf({ connected: false })]
  vi.advanceTimersByTime(30_000)
  const kitchen = `kitchen …${WORKER.slice(-6)}`
  expect(told.slice(1)).toEqual([`peer-came: ${kitchen} connected`, `peer-went: ${kitchen} disconnected`])
  expect(state.samples).toBe(1)
  stop()
  vi.advanceTimersByTime(120_000)
  expect(state.samples).toBe(1)
})

test('the log tells of films of this node, scenes that others made for it, and peers once they have names', () => {
  const { logged, state, record, named } = bench()
  record({ type: 'announce' }, false)
  record({ type: 'announce' })
  record({ type: 'accept', accept: ACCEPT })
  record({ type: 'accept', accept: { ...ACCEPT, worker: nodeOf().peerId } })
  record({ type: 'accept', accept: ACCEPT }, false)
  record({ type: 'end', end: { ...END, state: 'removed', endedAtMs: Date.now() } })
  record({ type: 'end', end: { ...END, state: 'completed', endedAtMs: Date.now() - 3_600_000 } })
  state.peers = [peerOf({ name: '' })]
  named()
  state.peers = [peerOf()]
  named()
  const projectId = PROJECT
  expect(logged).toEqual([
    `submitted ${JSON.stringify({ projectId })}`,
    `scene accepted ${JSON.stringify({ projectId, scene: 0, worker: WORKER, frames: 240, bytes: 629_000, ms: 41_000 })}`,
    `removed ${JSON.stringify({ projectId, bytes: 2_000_000 })}`,
    `connected ${JSON.stringify({ peer: WORKER })}`
  ])
})
