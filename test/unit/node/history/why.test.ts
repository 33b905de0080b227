import { TWO_PASSES } from '../../../../src/common/scene-progress.ts'
import { describe, expect, test } from 'vitest'
import { whyNotDone } from '../../../../src/node/history/why.ts'
import type { ProjectSnapshot } from '../../../../src/api/ports.ts'
import type { PeerStatus, SceneWhy } from '../../../../src/api/schemas/index.ts'
import type { BeatSceneState, OwnerState } from '../../../../src/swarm/protocol/index.ts'
import { summarise } from '../../../../src/swarm/protocol/index.ts'
import { attemptOf } from '../../../fixtures/attempts.ts'
import { beatOf, viewOf } from '../../../fixtures/api-bench.ts'
import { createOwnerBench, MAKING } from '../../../fixtures/owner-bench.ts'
import { hashNo, OWNER, PROJECT, WORKER } from '../../../fixtures/protocol-samples.ts'
import type { WhyInput } from '../../../../src/node/history/why-input.ts'

const BUILD = viewOf().announce.encoderBuild

const peerOf = (peer: Partial<PeerStatus>): PeerStatus => ({
  peerId: 'p',
  name: '',
  version: '1',
  connected: true,
  addresses: [],
  slots: 2,
  busy: 0,
  encoders: [BUILD],
  health: 'ok',
  paused: false,
  path: 'local',
  latencyMs: null,
  class: 'local',
  standing: null,
  trust: 'trusted',
  fps: 0,
  scenesDone: 0,
  scenesRefused: 0,
  heardSecondsAgo: 0,
  ...peer
})
const SELF = peerOf({ peerId: OWNER, name: 'home', slots: 0 })

const snapshotOf = (snapshot: Partial<ProjectSnapshot> = {}): ProjectSnapshot => ({
  view: viewOf({ scenes: [[10], [10]] }),
  beat: undefined,
  work: TWO_PASSES,
  outputPath: undefined,
  own: true,
  film: undefined,
  stale: false,
  quantiserFlag: '',
  ...snapshot
})

interface Given extends Partial<Omit<WhyInput, 'state' | 'snapshot'>> {
  readonly snapshot?: Partial<ProjectSnapshot>
}

function why({ snapshot, ...given }: Given, owned?: OwnerState): SceneWhy {
  const input = {
    scene: 0,
    attempts: [],
    called: (peer: string) => `<${peer}>`,
    peers: [],
    self: SELF,
    nowMs: 0,
    ...given
  }
  return whyNotDone({ ...input, snapshot: snapshotOf(snapshot) }, owned)
}

/** As the owner's own beat would have it. */
function owned(state: OwnerState, given: Given = {}): SceneWhy {
  const { statuses, leases, failures } = summarise(state)
  const beat = beatOf({ sceneStates: statuses, leases, failures })
  return why({ ...given, snapshot: { beat, ...given.snapshot } }, state)
}

describe('at the owner', () => {
  test('nobody can encode it', () => {
    const { state } = createOwnerBench([10, 10])
    const others = peerOf({ encoders: ['aom/3.12.1/bc870609'] })
    const needs = 'this film needs aom 3.6.0 (1f2e3d4c)'
    for (const [peers, details] of [
      [[], []],
      [[others], [`<p> has aom 3.12.1 (bc870609), ${needs}: \`--builds compatible\` or \`grav1 encoders add\`.`]],
      [[peerOf({ connected: false })], []],
      // It says what it could encode with, and takes nothing all the same.
      [[peerOf({ slots: 0 })], ['<p> has no slots.']]
    ] as const)
      expect(owned(state, { peers })).toEqual({
        scene: 0,
        state: 'waiting',
        summary: `No connected node can encode it: it needs a node with slots and the encoder build ${BUILD}.`,
        details,
        next: { what: 'It is handed out as soon as such a node joins.', inSeconds: null }
      })
  })

  test('slots are free, or all are busy', () => {
    const bench = createOwnerBench([10, 10])
    expect(owned(bench.state, { peers: [peerOf({ busy: 1 })] }).summary).toBe(
      'It waits for a worker to ask; 1 slot should be free.'
    )
    expect(owned(bench.state, { peers: [peerOf({ busy: 2 })] })).toMatchObject({
      summary: 'All 2 slots that could encode it are busy.',
      next: {
        what: 'The next slot should be free for one of the 2 waiting scenes; long scenes go first.',
        inSeconds: null
      }
    })
    expect(owned(bench.state, { peers: [peerOf({ slots: 1, busy: 1 })] }).summary).toBe(
      'The one slot that could encode it is busy.'
    )
  })

  test('how far its worker is, and when another gets it', () => {
    const bench = createOwnerBench([10, 10])
    bench.send({ type: 'connected', worker: 'a' })
    const grant = bench.claimScene('a', 0)
    expect(owned(bench.state)).toMatchObject({
      state: 'leased',
      summary: '<a> has it but has not encoded a frame yet.',
      details: [],
      next: { what: 'If <a> is not heard from by then, another worker gets it.', inSeconds: 135 }
    })
    bench.now = 5000
    bench.renew(grant, 'a', 4, 2)
    expect(owned(bench.state, { nowMs: 65_000 })).toMatchObject({
      state: 'pass-2',
      summary: '<a> is encoding it: pass 2 of 2, 4 of 10 frames.',
      next: { inSeconds: 75 }
    })
    bench.send({ type: 'disconnected', worker: 'a' })
    expect(owned(bench.state).details).toEqual(['<a> is not connected to this node now.'])
  })

  test('its result is checked', () => {
    const bench = createOwnerBench([10, 10])
    bench.result(bench.claimScene('a', 0), 'a')
    expect(owned(bench.state)).toMatchObject({
      state: 'verifying',
      summary: '<a> has encoded it, and this node is checking the result.'
    })
  })

  test('it pauses after a failure, with who failed it and how', () => {
    const bench = createOwnerBench([10, 10])
    bench.send({ type: 'connected', worker: 'a' })
    bench.fail(bench.claimScene('a', 0), 'a')
    const attempts = [
      attemptOf({ scene: 0, worker: 'a', verdict: 'failed', reason: 'line one\nno  such\u0007 flag.\n' })
    ]
    expect(owned(bench.state, { attempts, peers: [peerOf({ peerId: 'b' })] })).toEqual({
      scene: 0,
      state: 'waiting',
      summary: 'It failed once, and the next attempt comes after a pause.',
      details: ['<a> failed: line one no such? flag.'],
      next: { what: 'It is handed out again.', inSeconds: 1 }
    })
  })

  test('nobody may try it: when the first may again', () => {
    const bench = createOwnerBench([10, 10])
    const barredUntilMs = 240_000
    bench.send({ type: 'connected', worker: 'a' })
    bench.claim('a', false, { barredUntilMs })
    const said = owned(bench.state, { nowMs: 40_000, peers: [peerOf({ peerId: 'a' })] })
    expect(said).toMatchObject({
      summary: 'No node may try it now.',
      details: ['<a> gets no scenes for 200 s because its last attempt failed.'],
      next: { inSeconds: 200 }
    })
    expect(owned(bench.state, { nowMs: 40_000, peers: ['a', 'b'].map((peerId) => peerOf({ peerId })) }).summary).toBe(
      'It waits for a worker to ask; 2 slots should be free.'
    )
  })

  test('whoever could is paused or has a full disk', () => {
    const { state } = createOwnerBench([10, 10])
    const peers = [peerOf({ peerId: 'a', paused: true }), peerOf({ peerId: 'b', health: 'disk-full' })]
    expect(owned(state, { peers })).toMatchObject({
      summary: 'No node may try it now.',
      details: ['<a> is paused.', '<b> has a full disk and takes no scenes.'],
      next: { inSeconds: null }
    })
  })

  test('whoever could says itself that it does not', () => {
    const { state } = createOwnerBench([10, 10])
    const idle = [{ projectId: PROJECT, code: 'memory' as const, reason: 'has too little memory: m' }]
    expect(owned(state, { peers: [peerOf({ peerId: 'a', idle })] })).toMatchObject({
      summary: 'No node may try it now.',
      details: ['<a> has too little memory: m.']
    })
  })

  test('this node itself could and does not', () => {
    const { state } = createOwnerBench([10, 10])
    const self = peerOf({ peerId: OWNER, paused: true })
    const idle = { code: 'paused' as const, reason: 'this node is paused' }
    expect(owned(state, { self, snapshot: { idle } })).toMatchObject({
      summary: 'No node may try it now.',
      details: ['This node is idle for it: this node is paused.']
    })
  })

  test('of a crowd that is kept from it a few are named', () => {
    const { state } = createOwnerBench([10, 10])
    const peers = Array.from({ length: 500 }, (_, n) => peerOf({ peerId: `p${n}`, paused: true }))
    expect(owned(state, { peers }).details).toHaveLength(20)
  })

  test('it is parked, the disk is full, its piece is missing', () => {
    const bench = createOwnerBench([10, 10])
    for (const worker of ['a', 'b', 'c']) {
      bench.send({ type: 'connected', worker })
      bench.now += 60_000
      bench.fail(bench.claimScene(worker, 0), worker)
    }
    expect(owned(bench.state)).toMatchObject({
      state: 'failed',
      summary: 'It failed 3 times and will not be tried again.'
    })
    bench.send({ type: 'hold', on: true })
    expect(owned(bench.state, { scene: 1 }).summary).toBe('The disk of this node is full, so it hands out no work.')
    const missing = createOwnerBench([])
    missing.send({ type: 'scene', frames: 10, accepted: false, ready: false })
    expect(owned(missing.state).summary).toBe('Its source piece is missing.')
  })

  test('it failed on the only machine that tried, and waits for another one', () => {
    const bench = createOwnerBench([10, 10])
    bench.send({ type: 'connected', worker: 'a' })
    for (let attempt = 0; attempt < 3; attempt += 1) {
      bench.fail(bench.claimScene('a', 0), 'a')
      bench.tickAt(bench.now + 10_000)
    }
    const nowMs = bench.now
    const one = [peerOf({ peerId: 'a' })]
    const said = owned(bench.state, { nowMs, peers: one })
    expect(said).toMatchObject({
      state: 'waiting',
      summary: 'It failed 3 times on the only machine that tried, and waits for another one.'
    })
    expect(said.next?.inSeconds).toBeGreaterThan(0)
    expect(owned(bench.state, { nowMs, peers: [...one, peerOf({ peerId: 'b' })] }).summary).toMatch(
      /^It waits for a worker to ask/
    )
    // Others have nothing to do with it.
    expect(owned(bench.state, { nowMs, scene: 1, peers: one }).summary).not.toContain('another')
  })

  test('it has to come out as nobody makes it who is connected', () => {
    const bench = createOwnerBench([], { making: { ...MAKING, builds: 'compatible' }, planned: false })
    const like = { build: BUILD, probe: hashNo(7) }
    bench.send({ type: 'scene', frames: 10, accepted: false, ready: true, like })
    bench.send({ type: 'planned' })
    bench.send({ type: 'connected', worker: 'a' })
    bench.claim('a')
    const peers = [peerOf({ peerId: 'a' })]
    expect(owned(bench.state, { peers })).toMatchObject({
      summary:
        'Its bytes must be those that aom 3.6.0 (1f2e3d4c) produced before, and no connected machine produces them.',
      next: { what: 'It is handed out when such a machine connects.', inSeconds: null }
    })
    bench.send({ type: 'connected', worker: 'b' })
    expect(owned(bench.state, { peers }).summary).not.toContain('no connected machine produces them')
  })

  test('its piece cannot be cut, since the source is away', () => {
    const bench = createOwnerBench([10])
    bench.send({ type: 'lost', scene: 0, ready: false, like: undefined })
    bench.send({ type: 'trouble', step: 'prepare', code: 'source-away', reason: 'the source is away; put it back' })
    expect(owned(bench.state)).toMatchObject({
      summary: 'Its source piece is missing.',
      details: ['The project waits: the source is away; put it back.']
    })
  })

  test('this node has not gone on yet', () => {
    expect(why({}).summary).toMatch(/^This node has not resumed this project yet/)
  })
})

describe('elsewhere', () => {
  const told = (status: BeatSceneState, given: Given = {}): SceneWhy =>
    why({
      peers: [peerOf({ peerId: OWNER })],
      ...given,
      snapshot: { own: false, beat: beatOf({ sceneStates: [status, 'open'], leases: [] }), ...given.snapshot }
    })

  test.for([
    ['open', 'waiting', 'Nobody has it, as far as this node knows.'],
    ['leased', 'leased', 'A worker has it but has not encoded a frame yet.'],
    ['verifying', 'verifying', `It is encoded, and its owner <${OWNER}> is checking the result.`],
    ['failed', 'failed', 'It failed too often and will not be tried again.']
  ] as const)('%s', ([status, state, summary]) => {
    expect(told(status)).toMatchObject({ state, summary, details: [] })
  })

  test('that this node will not take it, and why', () => {
    const idle = { code: 'other-build' as const, reason: 'needs aom 3.12.1, here is aom 3.6.0' }
    expect(
      told('open', { snapshot: { own: false, idle, beat: beatOf({ sceneStates: ['open'], leases: [] }) } })
    ).toMatchObject({
      summary: 'Nobody has it, as far as this node knows.',
      details: ['This node is idle for it: needs aom 3.12.1, here is aom 3.6.0.'],
      next: { what: `Its owner <${OWNER}> hands it to a worker that can take it; this node cannot take it now.` }
    })
    expect(told('open').next?.what).toBe(`Its owner <${OWNER}> hands it to a worker with a free slot.`)
  })

  test('why the project waits, as far as its owner says so', () => {
    const waiting = 'its source is missing at its owner'
    expect(told('open', { snapshot: { waiting } }).details).toEqual([`The project waits: ${waiting}.`])
  })

  test('what the beat tells of its worker and of failures', () => {
    const beat = beatOf({
      sceneStates: ['leased', 'open'],
      leases: [{ scene: 0, worker: WORKER, attempt: 3, pass: 1, frames: 4 }],
      failures: [{ scene: 0, attempts: 2, reason: 'broken' }]
    })
    expect(told('leased', { snapshot: { own: false, beat } })).toMatchObject({
      summary: `<${WORKER}> is encoding it: pass 1 of 2, 4 of 10 frames.`,
      details: ['It failed 2 times; the last reason: broken.']
    })
  })

  test('that it may be old', () => {
    expect(told('open', { peers: [], snapshot: { own: false, beat: undefined, stale: true } }).details).toEqual([
      "This node has not heard about the project's progress since it started.",
      'This node knew more about the project before it restarted; it is asking neighbours for the rest.',
      `The owner <${OWNER}> is not connected to this node, so this may be out of date.`
    ])
  })
})

describe('what is over', () => {
  test('done, with what came before', () => {
    const attempts = [
      attemptOf({ scene: 0, worker: 'a', verdict: 'refused', reason: 'bad' }),
      attemptOf({ scene: 0, verdict: 'accepted' })
    ]
    expect(why({ snapshot: { view: viewOf() }, attempts })).toEqual({
      scene: 0,
      state: 'done',
      summary: `It is done: <${WORKER}> encoded it.`,
      details: ['<a> handed in a result that was refused: bad.'],
      next: null
    })
  })

  test('the project ended or is frozen', () => {
    const ended = viewOf({ scenes: [[10]], end: { state: 'failed', reason: '1 scene could not be encoded: x' } })
    expect(why({ snapshot: { view: ended } }).summary).toBe(
      'The project failed (1 scene could not be encoded: x), so nothing more is encoded.'
    )
    const frozen = { ...viewOf({ scenes: [[10]] }), fork: { seq: 1, hashes: ['a', 'b'] } as const }
    expect(why({ snapshot: { view: frozen } })).toMatchObject({
      summary: expect.stringContaining('frozen') as string,
      next: { what: 'Delete it and submit the film again.' }
    })
  })

  test('of many attempts the last are told, each in one line of bounded length', () => {
    const attempts = Array.from({ length: 20 }, (_, attempt) =>
      attemptOf({ scene: 0, attempt, worker: `w${attempt}`, verdict: 'failed', reason: `${'x'.repeat(5000)} end` })
    )
    const { details } = why({ snapshot: { own: false }, attempts, peers: [peerOf({ peerId: OWNER })] })
    const told = details.filter((line) => line.startsWith('<w'))
    expect(told.map((line) => line.slice(0, 5))).toEqual([19, 18, 17, 16, 15, 14, 13, 12].map((n) => `<w${n}>`))
    expect(details.at(-1)).toBe('12 earlier attempts are not listed.')
    for (const line of told) {
      expect(line.length).toBeLessThan(450)
      expect(line.endsWith(' end.')).toBe(true)
    }
  })
})
