import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createJudge, stepCheck, type ExpectedResult, type Judge } from '../../../../src/swarm/protocol/index.ts'
import type { QualityGoal } from '../../../../src/encode/rules/index.ts'
import { OWNER, WORKER } from '../../../fixtures/protocol-samples.ts'
import {
  createCheck,
  DRAWN,
  HEADER,
  HONEST,
  judge,
  OTHER_HEADER,
  resultOf,
  RIGHT,
  UNDRAWN,
  WRONG,
  type World
} from '../../../fixtures/verdict-bench.ts'

const REREAD = ['reread piece', 'reread result']
const fresh = createJudge(OWNER)

type Expected = 'ok' | 'proved' | 'blamed' | 'excused' | 'unproven' | 'undecided' | 'exposes' | 'piece lost'

function nameOf({ verdict }: ReturnType<typeof judge>): Expected {
  if (verdict.ok) return verdict.provedBy === undefined ? 'ok' : 'proved'
  if (verdict.blamed) return 'blamed'
  if (verdict.pieceLost === true) return 'piece lost'
  if (verdict.undecided === true) return 'undecided'
  if (verdict.exposes !== undefined) return 'exposes'
  return verdict.unproven === true ? 'unproven' : 'excused'
}

const GOAL: QualityGoal = { target: { metric: 'psnr', value: 40 }, min: 0, max: 63 }
const expecting = (change: Partial<ExpectedResult>): ExpectedResult => ({ ...HONEST.expected, ...change })
const unprovable = { expected: expecting({ provable: false }) }
const acceptedBefore = (sum: string, ...by: readonly string[]) => ({ expected: expecting({ accepted: { sum, by } }) })
const unprobed = { expected: expecting({ header: undefined }) }
const LIAR = 'liar'

/** What is true of a result beside an honest one, the verdict, what the owner did for it, and a part of its reason. */
const TABLE: readonly (readonly [
  what: string,
  Partial<World>,
  Expected,
  did: readonly string[],
  reason?: string | undefined,
  before?: Partial<Judge>
])[] = [
  ['an honest result', {}, 'ok', ['look']],
  ['an honest result that is drawn', { draw: DRAWN }, 'proved', ['look', 'encode']],
  ['the first of a worker', { expected: expecting({ isFirst: true }) }, 'proved', ['look', 'encode']],
  [
    'the first of a worker without proofs',
    { expected: expecting({ isFirst: true }), draw: { ...UNDRAWN, share: 0 } },
    'ok',
    ['look']
  ],
  ['the first of a stranger', { draw: { ...UNDRAWN, isKnown: false } }, 'proved', ['look', 'encode']],
  ['a lie that is not drawn', { bytes: 'wrong' }, 'ok', ['look']],
  ['a lie that is drawn', { bytes: 'wrong', draw: DRAWN }, 'blamed', ['look', 'encode', ...REREAD], 'different bytes'],
  ['an honest result that looks wrong', { look: 'wrong' }, 'proved', ['look', 'encode']],
  [
    'a lie that looks wrong',
    { bytes: 'wrong', look: 'wrong' },
    'blamed',
    ['look', 'encode', ...REREAD],
    'different bytes; the PSNR of a frame is 10.0 dB'
  ],
  ['what looks wrong and cannot be proved', { ...unprovable, look: 'wrong' }, 'unproven', ['look'], 'the PSNR'],
  ['what cannot be proved', { ...unprovable, draw: DRAWN, oddity: 'odd' }, 'ok', ['look']],
  ['an odd result', { oddity: 'odd' }, 'proved', ['look', 'encode']],
  ['an odd result without proofs', { oddity: 'odd', draw: { ...UNDRAWN, share: 0 } }, 'ok', ['look']],
  [
    'an odd lie',
    { oddity: 'it is odd', bytes: 'wrong' },
    'blamed',
    ['look', 'encode', ...REREAD],
    'different bytes; it is odd'
  ],
  [
    'a result that names no quantiser for its target',
    { expected: expecting({ goal: GOAL }) },
    'proved',
    ['look', 'encode']
  ],
  [
    'a lie that names no quantiser for its target',
    { expected: expecting({ goal: GOAL }), bytes: 'wrong' },
    'blamed',
    ['look', 'encode', ...REREAD],
    'different bytes; it does not name the quantiser'
  ],
  ['an own result without a quantiser', { worker: OWNER, expected: expecting({ goal: GOAL }) }, 'ok', ['look']],
  [
    'a frame that the parameters do not allow',
    { breach: 'a hidden frame' },
    'blamed',
    ['look', ...REREAD],
    "parameters differ from the project's: a hidden frame"
  ],
  [
    'the same, where nothing can be proved',
    { ...unprovable, breach: 'a hidden frame' },
    'blamed',
    ['look', ...REREAD],
    'a hidden frame'
  ],
  [
    'a frame such as the own encoder makes',
    { breach: 'a hidden frame' },
    'ok',
    ['look'],
    undefined,
    { ownBreach: 'a hidden frame' }
  ],
  ['another header', { header: OTHER_HEADER }, 'blamed', ['look', ...REREAD], 'stream parameters differ'],
  [
    'another header than the first result',
    { expected: expecting({ header: undefined }) },
    'blamed',
    ['look', ...REREAD],
    'stream parameters differ',
    { header: { sum: OTHER_HEADER, by: [OWNER] } }
  ],
  ['the first header', { expected: expecting({ header: undefined }) }, 'ok', ['look']],
  ['a worker that is gone', { look: 'unfetched' }, 'excused', ['look'], 'could not fetch the result: the peer is gone'],
  ['a program of the owner that fails', { look: 'own-failure' }, 'undecided', ['look'], 'ffmpeg was killed'],
  ['bytes that are no encode', { look: 'not-valid' }, 'blamed', ['look', ...REREAD], 'it has 9 frames'],
  ['the same over a damaged piece', { look: 'not-valid', isPieceWhole: false }, 'piece lost', ['look', 'reread piece']],
  [
    'a lie that the owner damaged as well',
    { bytes: 'wrong', draw: DRAWN, damages: 1 },
    'blamed',
    ['look', 'encode', ...REREAD, 'look', 'encode', ...REREAD]
  ],
  [
    'a result that the disk damages twice',
    { look: 'not-valid', damages: 2 },
    'excused',
    ['look', ...REREAD, 'look', ...REREAD],
    "damaged on the owner's disk"
  ],
  [
    'an encode of the owner that fails',
    { draw: DRAWN, encodeFails: true, bytes: 'wrong' },
    'ok',
    ['look', 'encode', 'reread piece']
  ],
  [
    'the same, where it looks wrong',
    { look: 'wrong', encodeFails: true },
    'undecided',
    ['look', 'encode', 'reread piece'],
    'the PSNR of a frame is 10.0 dB against the source; the encoder crashed'
  ],
  [
    'the same, over a damaged piece',
    { draw: DRAWN, encodeFails: true, isPieceWhole: false },
    'piece lost',
    ['look', 'encode', 'reread piece']
  ],
  [
    'the bytes that were accepted before',
    { ...acceptedBefore(RIGHT, LIAR), look: 'wrong', breach: 'x', draw: DRAWN },
    'ok',
    ['look']
  ],
  ['an own result', { worker: OWNER, look: 'wrong', draw: DRAWN, oddity: 'odd', breach: 'x' }, 'ok', ['look']],
  ['an own result that is no encode', { worker: OWNER, look: 'not-valid' }, 'blamed', ['look', 'reread result']]
]

describe('[RULE 46] [RULE 56] [RULE 76] the verdict on', () => {
  test.for(TABLE)('%s', ([, change, expected, did, reason, before]) => {
    const judged = judge({ ...HONEST, ...change }, { ...fresh, ...before })
    expect([nameOf(judged), ...judged.did]).toEqual([expected, ...did])
    if (reason !== undefined) expect(judged.verdict).toMatchObject({ reason: expect.stringContaining(reason) })
  })
})

/** Earlier results: `by` lists who made or proved them. */
const CONTRADICTIONS: typeof TABLE = [
  ['other bytes than the owner made', { ...acceptedBefore(RIGHT, OWNER), bytes: 'wrong' }, 'blamed', [], 'before'],
  ['other bytes than the owner proved', { ...acceptedBefore(RIGHT, 'w', OWNER), bytes: 'wrong' }, 'blamed', []],
  ['other bytes than a lie', acceptedBefore(WRONG, LIAR), 'exposes', ['look', 'encode'], 'different bytes'],
  ['other bytes than a lie that a liar proved', acceptedBefore(WRONG, LIAR, 'w'), 'exposes', ['look', 'encode']],
  ['own bytes that are others than a lie', { worker: OWNER, ...acceptedBefore(WRONG, LIAR) }, 'exposes', ['look']],
  [
    'a lie about a scene that was right',
    { ...acceptedBefore(RIGHT, 'w'), bytes: 'wrong' },
    'blamed',
    ['look', 'encode', ...REREAD],
    'encoding the scene again gives different bytes; these are not the bytes that were accepted before'
  ],
  [
    'other bytes, which the owner fails to encode',
    { ...acceptedBefore(WRONG, LIAR), encodeFails: true },
    'undecided',
    ['look', 'encode', 'reread piece']
  ],
  [
    'other bytes that cannot be proved',
    { expected: expecting({ provable: false, accepted: { sum: WRONG, by: [LIAR] } }), look: 'wrong' },
    'undecided',
    ['look'],
    'accepted before'
  ],
  [
    'another header than that of a lie',
    unprobed,
    'exposes',
    ['look', 'encode'],
    'different stream parameters',
    { header: { sum: OTHER_HEADER, by: [LIAR] } }
  ],
  [
    'the header of a lie',
    { ...unprobed, bytes: 'wrong', header: OTHER_HEADER },
    'blamed',
    ['look', 'encode', ...REREAD],
    'stream parameters',
    { header: { sum: HEADER, by: ['w'] } }
  ],
  [
    'another header than that of a lie, which cannot be proved',
    { expected: expecting({ provable: false, header: undefined }) },
    'undecided',
    ['look'],
    'stream parameters',
    { header: { sum: OTHER_HEADER, by: [LIAR] } }
  ]
]

describe('[RULE 85] the verdict on what contradicts an earlier result:', () => {
  test.for(CONTRADICTIONS)('%s', ([, change, expected, did, reason = '', before]) => {
    const world = { ...HONEST, ...change }
    const judged = judge(world, { ...fresh, ...before })
    expect([nameOf(judged), ...judged.did]).toEqual([expected, ...did])
    expect(judged.verdict).toMatchObject({ reason: expect.stringContaining(reason) })
    const { by } = before?.header ?? world.expected.accepted!
    if (expected === 'exposes') expect(judged.verdict).toMatchObject({ blamed: false, exposes: by })
  })

  test('once a lie is exposed, its header counts no more', () => {
    const lied = judge({ ...HONEST, ...unprobed, header: OTHER_HEADER, worker: LIAR }).judge
    expect(lied.header).toEqual({ sum: OTHER_HEADER, by: [LIAR] })
    const exposed = judge({ ...HONEST, ...unprobed }, lied)
    expect(nameOf(exposed)).toBe('exposes')
    expect(nameOf(judge({ ...HONEST, ...unprobed }, exposed.judge))).toBe('ok')
  })
})

describe('what one result teaches about the others', () => {
  const first = { ...HONEST, ...unprobed }

  test('only one that is right sets the header', () => {
    const refused = judge({ ...first, header: OTHER_HEADER, bytes: 'wrong', draw: DRAWN })
    expect(refused.judge.header).toBeUndefined()
    const taken = judge({ ...first, draw: DRAWN }, refused.judge)
    expect(taken.judge.header).toEqual({ sum: HEADER, by: [WORKER, OWNER] })
    expect(nameOf(judge({ ...first, header: OTHER_HEADER }, taken.judge))).toBe('blamed')
  })

  test('a header that another result has set during the proof counts', () => {
    const slow = createCheck({ ...first, header: OTHER_HEADER, draw: DRAWN }, fresh)
    const shared = judge({ ...first, draw: DRAWN }, slow.next(slow.begin())).judge
    let after = slow.next(shared)
    while (slow.task.type !== 'judged') after = slow.next(after)
    expect(slow.task.verdict).toMatchObject({ ok: false, blamed: true })
    expect(after.header?.sum).toBe(HEADER)
  })

  test('results that come while the first of their worker is proved are not its first as well', () => {
    const firstOf = { ...HONEST, expected: expecting({ isFirst: true }) }
    const slow = createCheck(firstOf, fresh)
    const shared = slow.next(slow.begin())
    expect(slow.task.type).toBe('encode')
    expect(nameOf(judge(firstOf, shared))).toBe('ok')
    expect(nameOf(judge({ ...firstOf, worker: 'another' }, shared))).toBe('proved')
    expect(nameOf(judge(firstOf, slow.next(shared)))).toBe('proved')
  })

  test('a worker whose frames have other tools than before is proved, and caught where the bytes differ', () => {
    const first = judge({ ...HONEST, tools: ['slow'] })
    expect(nameOf(first)).toBe('ok')
    const same = judge({ ...HONEST, tools: ['slow'] }, first.judge)
    expect([nameOf(same), ...same.did]).toEqual(['ok', 'look'])
    const lie = judge({ ...HONEST, tools: ['slow', 'fast'], bytes: 'wrong' }, same.judge)
    expect([nameOf(lie), ...lie.did]).toEqual(['blamed', 'look', 'encode', ...REREAD])
    expect(lie.verdict).toMatchObject({ reason: expect.stringContaining('frames with fast') as string })
    expect(nameOf(judge({ ...HONEST, tools: ['slow', 'fast'] }, same.judge))).toBe('proved')
  })

  test('a breach of the own encoder is remembered, and that of others is not', () => {
    expect(judge({ ...HONEST, breach: 'x' }).judge.ownBreach).toBeUndefined()
    const own = judge({ ...HONEST, worker: OWNER, breach: 'x' })
    expect(own.judge.ownBreach).toBe('x')
    expect(judge({ ...HONEST, worker: OWNER, breach: 'y' }, own.judge).judge.ownBreach).toBe('x')
  })
})

test('a fact that no task asked for is an error', () => {
  const { check, task } = createCheck(HONEST, fresh)
  expect(task).toEqual({ type: 'look', compare: true })
  expect(() => stepCheck(fresh, check, { type: 'encoded', sha256: RIGHT })).toThrow('did not ask')
  expect(() => stepCheck(fresh, check, { type: 'reread', isWhole: true })).toThrow('did not ask')
})

const worlds: fc.Arbitrary<World> = fc.record({
  worker: fc.constantFrom(WORKER, OWNER, 'another'),
  bytes: fc.constantFrom('right', 'wrong'),
  look: fc.constantFrom('right', 'wrong', 'unfetched', 'not-valid', 'own-failure'),
  header: fc.constantFrom(HEADER, OTHER_HEADER),
  breach: fc.option(fc.constant('a hidden frame'), { nil: undefined }),
  oddity: fc.option(fc.constant('it is odd'), { nil: undefined }),
  encodeFails: fc.boolean(),
  isPieceWhole: fc.boolean(),
  damages: fc.nat(3),
  draw: fc.record({
    ledger: fc.constant(new Map()),
    isKnown: fc.boolean(),
    share: fc.constantFrom(0, 0.03, 1),
    luck: fc.double({ min: 0, max: 0.999, noNaN: true })
  }),
  expected: fc.record({
    plan: fc.constant({ frames: 100 }),
    // What the owner made or proved is right.
    accepted: fc.constantFrom(
      undefined,
      { sum: RIGHT, by: [OWNER] },
      { sum: RIGHT, by: ['another'] },
      { sum: WRONG, by: [LIAR] },
      { sum: WRONG, by: [LIAR, 'another'] }
    ),
    header: fc.constantFrom(undefined, HEADER),
    provable: fc.boolean(),
    isFirst: fc.boolean()
  })
})

/** What honest workers deliver: the one right encode, whatever it looks like and whatever the owner's machine does with it. */
const honestWorlds = worlds
  .filter(({ look }) => look !== 'not-valid')
  .map((world): World => ({ ...world, bytes: 'right', header: HEADER, breach: undefined }))

/** Judges some results one after the other. @param header what an earlier result taught */
function judgeAll(all: readonly World[], header?: Judge['header']) {
  let after: Judge = { ...fresh, header }
  return all.map((world) => {
    const judged = judge(world, after)
    after = judged.judge
    return judged
  })
}

describe('whatever the results and the machine of the owner', () => {
  test('no honest result is refused with blame', () => {
    fc.assert(
      fc.property(fc.array(honestWorlds, { minLength: 1, maxLength: 6 }), fc.boolean(), (all, isLie) => {
        const header = isLie ? { sum: OTHER_HEADER, by: [LIAR] } : undefined
        for (const { verdict } of judgeAll(all, header)) {
          expect(verdict).not.toMatchObject({ blamed: true })
          if (!verdict.ok) expect(verdict.exposes ?? []).not.toContain(WORKER)
        }
      })
    )
  })

  test('no result that differs from the encode of the owner is accepted once there is one', () => {
    fc.assert(
      fc.property(fc.array(worlds, { minLength: 1, maxLength: 6 }), (all) => {
        for (const [index, { verdict, did }] of judgeAll(all).entries()) {
          const { bytes, encodeFails } = all[index]!
          if (did.includes('encode') && !encodeFails && bytes === 'wrong') expect(verdict.ok).toBe(false)
          if (verdict.ok && verdict.provedBy !== undefined) expect(bytes).toBe('right')
        }
      })
    )
  })

  test('what looks wrong is never accepted from another node without a proof', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        fc.pre(
          world.look === 'wrong' &&
            world.worker !== OWNER &&
            world.expected.accepted?.sum !== resultOf(world).blob.sha256
        )
        const { verdict } = judge(world)
        if (verdict.ok) expect(verdict.provedBy).toBe(OWNER)
      })
    )
  })

  test('nobody is blamed before the piece and the result were read again', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const { verdict, did } = judge(world)
        if (verdict.ok || !verdict.blamed || did.length === 0) return
        expect(did.at(-1)).toBe('reread result')
        if (world.worker !== OWNER && world.expected.accepted === undefined) expect(world.isPieceWhole).toBe(true)
      })
    )
  })

  test('the same facts give the same verdict, in a few steps', () => {
    fc.assert(
      fc.property(fc.array(worlds, { minLength: 1, maxLength: 6 }), (all) => {
        const [once, again] = [judgeAll(all), judgeAll(all)]
        expect(again).toEqual(once)
        for (const { did } of once) expect(did.length).toBeLessThanOrEqual(8)
      })
    )
  })
})
