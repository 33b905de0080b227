import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  expectedOf,
  LIMITS,
  receiptOf,
  unprovedOf,
  verifiedBy,
  withdrawalOf,
  type LogBody
} from '../../../../src/swarm/protocol/index.ts'
import {
  acceptBody,
  announceBody,
  chainOf,
  endBody,
  foldAll,
  plannedBody,
  scenesBody
} from '../../../fixtures/protocol-chains.ts'
import { OWNER, planNo, WORKER } from '../../../fixtures/protocol-samples.ts'
import { resultOf } from '../../../fixtures/verdict-bench.ts'

const result = resultOf({ worker: WORKER, bytes: 'right' })
const accepted = (scene: number, worker: string, provedBy?: string): LogBody => {
  const body = acceptBody(scene)
  return body.type === 'accept' ? { ...body, accept: { ...body.accept, worker, provedBy } } : body
}
const film = (scenes: number): readonly LogBody[] => [
  announceBody,
  scenesBody(...Array.from({ length: scenes }, (_, index) => planNo(index, index * 10, 10))),
  plannedBody(scenes, scenes * 10)
]
const viewOf = (scenes: number, ...bodies: readonly LogBody[]) => foldAll(chainOf([...film(scenes), ...bodies]))

describe('what is expected of a result', () => {
  test('of a scene that is new: the header of the probe, and a proof for the first of a worker', () => {
    const view = viewOf(2)
    const making = { probe: { frames: 'f', header: 'h' } }
    const expected = { plan: view.scenes[0]!.plan, accepted: undefined, header: 'h', provable: true, isFirst: true }
    expect(expectedOf(view, view.scenes[0]!, making, result, true)).toEqual(expected)
  })

  test('of a scene that was accepted: its bytes; and a worker that was proved has no first any more', () => {
    const view = viewOf(2, accepted(0, WORKER, OWNER))
    const { accepted: receipt } = view.scenes[0]!
    expect(expectedOf(view, view.scenes[0]!, { probe: undefined }, result, false)).toMatchObject({
      accepted: { sum: receipt?.result.sha256, by: [WORKER, OWNER] },
      header: undefined,
      provable: false,
      isFirst: false
    })
  })
})

describe('a verdict for the rules of the owner', () => {
  const plain = { undecided: false, exposes: [] }

  test.each([
    [
      { ok: true, provedBy: OWNER },
      { ok: true, blamed: false, unproven: false, ...plain, reason: '' }
    ],
    [
      { ok: false, blamed: true, reason: 'x' },
      { ok: false, blamed: true, unproven: false, ...plain, reason: 'x' }
    ],
    [
      { ok: false, blamed: false, unproven: true, reason: 'x' },
      { ok: false, blamed: false, unproven: true, ...plain, reason: 'x' }
    ],
    [
      { ok: false, blamed: false, undecided: true, reason: 'x' },
      { ok: false, blamed: false, unproven: false, undecided: true, exposes: [], reason: 'x' }
    ],
    [
      { ok: false, blamed: false, exposes: [WORKER], reason: 'x' },
      { ok: false, blamed: false, unproven: false, undecided: false, exposes: [WORKER], reason: 'x' }
    ],
    [
      { ok: false, blamed: false, pieceLost: true, reason: 'x' },
      { ok: false, blamed: false, unproven: false, ...plain, reason: 'x' }
    ]
  ] as const)('%o', (verdict, event) => {
    expect(verifiedBy(3, verdict)).toEqual({ type: 'verified', scene: 3, ...event })
  })

  test('has a reason that fits into a message', () => {
    const { reason } = verifiedBy(0, { ok: false, blamed: true, reason: 'x'.repeat(LIMITS.reasonCharsMax + 9) })
    expect(reason.length).toBeLessThanOrEqual(LIMITS.reasonCharsMax)
  })
})

describe('a receipt', () => {
  test('names the maker and the prover, and whole milliseconds', () => {
    expect(receiptOf(viewOf(1), { ...result, encodeMs: 12.6 }, OWNER)).toEqual({
      scene: 0,
      result: result.blob,
      worker: WORKER,
      epoch: 1,
      attempt: 1,
      encodeMs: 13,
      quantiser: undefined,
      maker: result.maker,
      provedBy: OWNER
    })
  })

  test('is written once: what was lost and encoded again keeps its own [RULE 57]', () => {
    expect(receiptOf(viewOf(1, accepted(0, OWNER)), result, undefined)).toBeUndefined()
  })
})

describe('a worker that was caught [RULE 51]', () => {
  const receipts = fc.array(
    fc.option(
      fc.record({ worker: fc.constantFrom(WORKER, OWNER), provedBy: fc.option(fc.constant(OWNER), { nil: undefined }) })
    ),
    { minLength: 1, maxLength: 12 }
  )

  test('loses exactly what nobody proved, and then has nothing more to lose', () => {
    fc.assert(
      fc.property(receipts, (all) => {
        const bodies = all.flatMap((one, scene) => (one === null ? [] : [accepted(scene, one.worker, one.provedBy)]))
        const view = viewOf(all.length, ...bodies)
        const wanted = all.flatMap((one, scene) =>
          one?.worker === WORKER && one.provedBy === undefined ? [scene] : []
        )
        const taken = withdrawalOf(view, WORKER, 'other bytes')
        expect(taken?.scenes ?? []).toEqual(wanted)
        if (taken === undefined) return
        const after = viewOf(all.length, ...bodies, { type: 'withdraw', withdraw: taken.withdraw })
        expect(unprovedOf(after, WORKER)).toEqual([])
        expect(withdrawalOf(after, WORKER, 'other bytes')).toBeUndefined()
        expect(after.acceptedScenes).toBe(view.acceptedScenes - wanted.length)
      })
    )
  })

  test('loses nothing of a project that has ended', () => {
    expect(withdrawalOf(viewOf(1, accepted(0, WORKER), endBody('completed')), WORKER, 'x')).toBeUndefined()
  })
})
