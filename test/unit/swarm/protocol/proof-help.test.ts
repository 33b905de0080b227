import { expect, test } from 'vitest'
import { createOwnerBench, MAKING, PROBE } from '../../../fixtures/owner-bench.ts'
import { hashNo } from '../../../fixtures/protocol-samples.ts'

/** The result of one scene waits for a proof, and all other workers are idle. */
function waiting(init: Parameters<typeof createOwnerBench>[1] = {}) {
  const bench = createOwnerBench([10], init)
  const grant = bench.claim('a')
  for (const worker of ['a', 'b', 'c']) bench.send({ type: 'connected', worker })
  bench.result(grant, 'a')
  expect(bench.claim('b')).toBeUndefined()
  expect(bench.state.scenes[0]?.results).toHaveLength(1)
  return bench
}

test('an idle worker encodes a scene again whose proof takes long, and its bytes confirm the result', () => {
  const bench = waiting()
  bench.send({ type: 'proof-wanted', scene: 0 })
  expect(bench.effects).toContainEqual({ type: 'wake', worker: 'b' })
  const proof = bench.claim('b')
  expect(proof?.token.scene).toBe(0)
  // One is enough.
  expect(bench.claim('c')).toBeUndefined()
  bench.result(proof, 'b')
  expect(bench.effects).toEqual([{ type: 'confirmed', scene: 0, by: 'b' }])
  bench.verified(0, true)
  expect(bench.effects).toContainEqual(expect.objectContaining({ type: 'accept' }))
  expect(bench.effects).toContainEqual(expect.objectContaining({ type: 'settled', worker: 'b', accepted: false }))
  expect(bench.state.scenes[0]).toMatchObject({ accepted: true, leases: [], results: [], proofWanted: false })
})

test('other bytes confirm nothing: the owner goes on, and checks them where the first were wrong', () => {
  const bench = waiting()
  bench.send({ type: 'proof-wanted', scene: 0 })
  const { token } = bench.claim('b')!
  bench.send({ type: 'result', worker: 'b', token, blob: { sha256: hashNo(7), bytes: 10 }, encodeMs: 1 })
  expect(bench.effects).toEqual([])
  // It would deliver them again.
  expect(bench.claim('b')).toBeUndefined()
  bench.verified(0, false)
  expect(bench.effects).toContainEqual(
    expect.objectContaining({ type: 'verify', result: expect.objectContaining({ worker: 'b' }) })
  )
  expect(bench.state.scenes[0]?.proofWanted).toBe(false)
})

test('the second of two leases proves the result too, when it was done before the proof was wanted', () => {
  const bench = createOwnerBench([10])
  const first = bench.claim('a', false, { known: false, standing: 'stranger' })
  const second = bench.claim('b')
  bench.result(first, 'a')
  bench.result(second, 'b')
  expect(bench.effects).toEqual([])
  bench.send({ type: 'proof-wanted', scene: 0 })
  expect(bench.effects).toEqual([{ type: 'confirmed', scene: 0, by: 'b' }])
})

test.for([
  ['the one that is proved', 'a', {}],
  ['one that the owner does not know', 'b', { known: false }],
  ['a stranger', 'b', { known: false, standing: 'stranger' }],
  ['one whose encoder makes other bytes', 'b', { probe: { ...PROBE, frames: hashNo(9) } }]
] as const)('%s gets no scene to prove', ([, worker, claim]) => {
  const bench = waiting({ making: { ...MAKING, builds: 'compatible' } })
  bench.send({ type: 'proof-wanted', scene: 0 })
  expect(bench.claim(worker, false, { ...claim })).toBeUndefined()
  expect(bench.claim('c')?.token.scene).toBe(0)
})

test('the owner itself gets none either: it encodes the scene again anyway', () => {
  const bench = waiting({ self: 'b' })
  bench.send({ type: 'proof-wanted', scene: 0 })
  expect(bench.claim('b')).toBeUndefined()
  expect(bench.claim('c')?.token.scene).toBe(0)
})

test('a worker that fails the proof costs the scene nothing, and a scene without a result wants none', () => {
  const bench = waiting()
  bench.send({ type: 'proof-wanted', scene: 0 })
  bench.fail(bench.claim('b'), 'b', 'failed')
  expect(bench.state.scenes[0]).toMatchObject({ failed: false, proofWanted: true })
  expect(bench.claim('b')).toBeUndefined()
  expect(bench.claim('c')?.token.scene).toBe(0)
  const open = createOwnerBench([10])
  open.send({ type: 'proof-wanted', scene: 0 })
  expect(open.state.scenes[0]?.proofWanted).toBe(false)
})
