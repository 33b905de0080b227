import { expect, test } from 'vitest'
import {
  beatIntervalMs,
  decodeBeat,
  fitBeat,
  foldRecord,
  firstBeat,
  isNewReign,
  LIMITS,
  mayNeedWork,
  type Beat,
  type ProjectView,
  type BeatSceneState
} from '../../../../src/swarm/protocol/index.ts'
import { announceSample, hashNo, OWNER, planNo, PROJECT, WORKER } from '../../../fixtures/protocol-samples.ts'
import { newSigner } from '../../../fixtures/log-bench.ts'

const soft = (change: Partial<Beat> = {}): Beat => ({
  projectId: PROJECT,
  epoch: 1,
  beatNo: 1,
  state: 'encoding',
  sceneStates: [],
  leases: [],
  fps: 0,
  failures: [],
  seq: 0,
  ...change
})

const largest = soft({
  sceneStates: Array.from({ length: LIMITS.scenesMax }, (): BeatSceneState => 'leased'),
  leases: Array.from({ length: LIMITS.beatLeasesMax }, (_, scene) => ({
    scene: LIMITS.scenesMax - 1 - scene,
    worker: WORKER,
    attempt: 2 ** 31,
    pass: 2,
    frames: LIMITS.framesMax
  })),
  failures: Array.from({ length: LIMITS.beatFailuresMax }, (_, scene) => ({
    scene: LIMITS.scenesMax - 1 - scene,
    attempts: 3,
    reason: '😀'.repeat(400)
  }))
})

test('the largest beat fits into an envelope: failures go before leases, the last first', async () => {
  const { beat, payload } = fitBeat(largest)
  const envelope = await (await newSigner()).sign('beat', payload)
  expect(envelope.byteLength).toBeLessThanOrEqual(LIMITS.envelopeBytesMax)
  expect(decodeBeat(payload)).toEqual(beat)
  expect(beat.failures).toEqual(largest.failures.slice(0, beat.failures.length))
  expect(beat.failures.length).toBeLessThan(LIMITS.beatFailuresMax)
  expect(beat.leases).toHaveLength(LIMITS.beatLeasesMax)
  expect(beat.sceneStates).toHaveLength(LIMITS.scenesMax)
})

test('a beat that fits is told whole, and a large one more rarely', () => {
  const small = soft({
    sceneStates: ['open'],
    failures: largest.failures.slice(0, 1),
    leases: largest.leases.slice(0, 2)
  })
  expect(fitBeat(small).beat).toEqual(small)
  expect([100, 400, 4000, 64_000].map(beatIntervalMs)).toEqual([1000, 1000, 10_000, 160_000])
})

function viewOf(acceptedScenes: number): ProjectView {
  const view = foldRecord(undefined, {
    record: { projectId: PROJECT, epoch: 3, seq: 0, prev: '', body: { type: 'announce', announce: announceSample } },
    signer: OWNER,
    hash: hashNo(1),
    derivedProjectId: PROJECT
  })
  const accepted = {
    scene: 0,
    result: { sha256: hashNo(7), bytes: 1 },
    worker: WORKER,
    epoch: 1,
    attempt: 1,
    encodeMs: 1
  }
  const scenes = [0, 1].map((index) => ({
    plan: planNo(index, index * 10, 10),
    accepted: index < acceptedScenes ? { ...accepted, scene: index } : undefined
  }))
  return { ...view, scenes, planned: { scenes: 2, frames: 20 }, acceptedScenes }
}

test('a new reign is an epoch above the log and above every beat', () => {
  const view = viewOf(0)
  expect(isNewReign(view, undefined, soft({ epoch: 3 }))).toBe(false)
  expect(isNewReign(view, undefined, soft({ epoch: 4 }))).toBe(true)
  expect(isNewReign(view, soft({ epoch: 4 }), soft({ epoch: 4, beatNo: 9 }))).toBe(false)
  expect(isNewReign(view, soft({ epoch: 4 }), soft({ epoch: 5 }))).toBe(true)
})

test('the first beat of a start says what the log holds, before every other of its epoch', () => {
  expect(firstBeat(viewOf(1), 4)).toMatchObject({ epoch: 4, beatNo: 0, sceneStates: ['accepted', 'open'], seq: 0 })
})

test('a project with all receipts needs work only when its owner says so in this epoch', () => {
  const lost = soft({ epoch: 3, sceneStates: ['accepted', 'open'] })
  expect(mayNeedWork(viewOf(1), undefined)).toBe(true)
  expect(mayNeedWork(viewOf(2), undefined)).toBe(false)
  expect(mayNeedWork(viewOf(2), lost)).toBe(true)
  expect(mayNeedWork(viewOf(2), { ...lost, epoch: 2 })).toBe(false)
  expect(mayNeedWork(viewOf(2), soft({ epoch: 3, sceneStates: ['accepted', 'accepted'] }))).toBe(false)
  expect(mayNeedWork({ ...viewOf(1), fork: { seq: 1, hashes: [hashNo(1), hashNo(2)] } }, lost)).toBe(false)
})
