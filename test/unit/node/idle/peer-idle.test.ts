import { describe, expect, test } from 'vitest'
import { createPeerIdle } from '../../../../src/node/idle/peer-idle.ts'
import {
  decodeNodeInfo,
  encodeNodeInfo,
  ownerCode,
  IDLE_CODES,
  TOLD_CODES,
  type Beat,
  type ClaimRefusal,
  type IdleCode,
  type NodeInfo,
  type OwnerState,
  type OwnerWorker,
  type ProjectView
} from '../../../../src/swarm/protocol/index.ts'
import { beatOf, viewOf } from '../../../fixtures/api-bench.ts'
import { createOwnerBench } from '../../../fixtures/owner-bench.ts'
import { OWNER, PROJECT, WORKER } from '../../../fixtures/protocol-samples.ts'

const BUILD = viewOf().announce.encoderBuild
const OTHER = 'b'.repeat(26)

const infoOf = (info: Partial<NodeInfo> = {}): NodeInfo => ({
  name: 'laptop',
  version: '1',
  slots: 2,
  busy: 0,
  encoders: [BUILD],
  health: 'ok',
  paused: false,
  idle: [],
  ...info
})

interface Given {
  readonly self?: string
  readonly views?: readonly ProjectView[]
  readonly beat?: Beat
  readonly owned?: OwnerState
  readonly isConnected?: boolean
  readonly claimRefusal?: ClaimRefusal | undefined
}

/** What is shown of a worker, after its word passed the codec. */
function shown(info: Partial<NodeInfo>, given: Given = {}) {
  const { self = OWNER, views = [viewOf()], beat, owned, isConnected = true, claimRefusal } = given
  const book = {
    views: new Map(views.map((view) => [view.projectId, view])),
    beats: new Map(beat == null ? [] : [[PROJECT, beat]])
  }
  const idle = createPeerIdle({ peerId: self, book, stateOf: () => owned, claimRefusal: () => claimRefusal })()
  return idle(WORKER, decodeNodeInfo(encodeNodeInfo(infoOf(info))), isConnected)
}

const told = (code: IdleCode, projectId = PROJECT, detail = '') => ({ idle: [{ projectId, code, detail }] })

/** What an owner sees of a worker, for each reason. */
const SEEN: { readonly [C in IdleCode]: Partial<NodeInfo> } = {
  'no-slots': { slots: 0 },
  'no-encoder': { encoders: [] },
  'not-installed': { encoders: ['svt/1.4.1/b2069ea8'] },
  'other-build': { encoders: ['aom/3.12.1/bc870609'] },
  'untrusted-owner': told('untrusted-owner'),
  'no-sandbox': told('no-sandbox'),
  'relay-no-films': told('relay-no-films'),
  'owner-away': told('owner-away'),
  parameters: told('parameters'),
  'too-large': told('too-large'),
  memory: told('memory'),
  'probe-failed': told('probe-failed'),
  'not-shared': {},
  'owner-no-sandbox': {},
  'no-probe': {},
  'other-bytes': {},
  'other-header': {},
  draining: { paused: true, ...told('draining') },
  paused: { paused: true },
  'disk-full': { health: 'disk-full' },
  'held-off': {},
  probing: told('probing'),
  'not-ready': {},
  queued: {}
}

describe('at the owner', () => {
  test('a worker that could work is idle for nothing', () => {
    expect(shown({})).toEqual([])
  })

  test.for(IDLE_CODES)('%s', (code) => {
    const bench = createOwnerBench([10])
    bench.now = performance.now()
    if (code === 'held-off') bench.claim(WORKER, false, { barredUntilMs: bench.now + 240_000 })
    const says = ownerCode(code)
    const claimRefusal = says === 'not-shared' || says === 'owner-no-sandbox' ? says : undefined
    if (says != null && claimRefusal === undefined && says !== 'held-off' && says !== 'other-build') {
      const worker = { ...bench.state.workers.get(WORKER), refused: says } as OwnerWorker
      bench.state = { ...bench.state, workers: new Map([[WORKER, worker]]) }
    }
    const lines = shown(SEEN[code], { owned: bench.state, claimRefusal })
    expect(lines.map((line) => [line.projectId, line.code])).toEqual([[PROJECT, code]])
    expect(TOLD_CODES.has(code)).toBe((SEEN[code].idle?.length ?? 0) > 0)
  })

  test('builds are named with what helps', () => {
    expect(shown(SEEN['other-build'])[0]?.reason).toBe(
      'has aom 3.12.1 (bc870609), this film needs aom 3.6.0 (1f2e3d4c): `--builds compatible` or `grav1 encoders add`'
    )
  })

  test('who is at work, or away, is not called idle; a film that needs nobody is not named', () => {
    const lease = { scene: 1, worker: WORKER, attempt: 1, pass: 1, frames: 1 }
    expect(shown({ paused: true }, { beat: beatOf({ leases: [lease] }) })).toEqual([])
    expect(shown({ paused: true }, { isConnected: false })).toEqual([])
    expect(shown(told('owner-away'), { isConnected: false })).toHaveLength(1)
    expect(shown({ paused: true }, { views: [viewOf({ end: {} })] })).toEqual([])
  })

  test('of what is seen and what is told the reason that stays is shown', () => {
    expect(shown({ paused: true, ...told('memory', PROJECT, 'm') })[0]?.code).toBe('memory')
    expect(shown({ slots: 0, ...told('memory', PROJECT, 'm') })[0]?.code).toBe('no-slots')
  })
})

test('elsewhere what a worker tells is shown, cleaned, of films that are known', () => {
  const idle = [
    { projectId: PROJECT, code: 'parameters' as const, detail: 'no\u001b[2J such flag' },
    { projectId: PROJECT, code: 'memory' as const, detail: 'said twice' },
    { projectId: OTHER, code: 'memory' as const, detail: 'of a film that nobody knows' }
  ]
  expect(shown({ idle, paused: true }, { self: WORKER })).toEqual([
    { projectId: PROJECT, code: 'memory', reason: 'has too little memory: said twice' }
  ])
  expect(shown({ idle: idle.slice(0, 1) }, { self: WORKER })[0]?.reason).toBe(
    'does not accept its parameters: no?[2J such flag'
  )
})

test('a list is bounded', () => {
  const views = Array.from({ length: 100 }, (_, n) => viewOf({ projectId: `p${n}` }))
  expect(shown({ paused: true }, { views })).toHaveLength(16)
})
