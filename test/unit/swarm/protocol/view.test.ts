import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  foldRecord,
  isFullyAccepted,
  isNewerBeat,
  LIMITS,
  nextFrame,
  type Accept,
  type Beat,
  type LogBody,
  type ProjectView,
  type SignedRecord
} from '../../../../src/swarm/protocol/index.ts'
import {
  acceptBody as accept,
  announceBody as announce,
  endBody as end,
  logBodies,
  plannedBody as planned,
  scenesBody as scenes,
  updateBody as update
} from '../../../fixtures/protocol-chains.ts'
import { announceSample, hashNo, OWNER, planNo, PROJECT, refusal, WORKER } from '../../../fixtures/protocol-samples.ts'

/** A chain as its owner would write it. */
function chain(bodies: readonly LogBody[], epochs: readonly number[] = []): SignedRecord[] {
  return bodies.map((body, seq) => ({
    record: {
      projectId: PROJECT,
      epoch: epochs[seq] ?? 1,
      seq,
      prev: seq === 0 ? '' : hashNo(seq - 1),
      body
    },
    signer: OWNER,
    hash: hashNo(seq),
    derivedProjectId: body.type === 'announce' ? PROJECT : undefined
  }))
}

const fold = (records: readonly SignedRecord[]): ProjectView => {
  let view: ProjectView | undefined
  for (const record of records) view = foldRecord(view, record)
  if (view == null) throw new Error('no records')
  return view
}
/** What the last record of a chain is refused with. */
const lastOf = (bodies: readonly LogBody[]): string => {
  const records = chain(bodies)
  const view = fold(records.slice(0, -1))
  const last = records.at(-1)
  if (last == null) throw new Error('no records')
  return refusal(() => foldRecord(view, last))
}

const TWO_SCENES = [announce, scenes(planNo(0, 0, 40), planNo(1, 40, 60)), planned(2, 100)] as const

test('a whole project', () => {
  const view = fold(chain([...TWO_SCENES, update(-2.5), accept(1, 700), accept(0, 300), end('completed')]))
  expect(view).toMatchObject({
    projectId: PROJECT,
    owner: OWNER,
    priority: -2.5,
    planned: { scenes: 2, frames: 100 },
    acceptedScenes: 2,
    acceptedFrames: 100,
    acceptedBytes: 1000,
    head: { epoch: 1, seq: 6, hash: hashNo(6) }
  })
  expect(view.end?.state).toBe('completed')
  expect(isFullyAccepted(view)).toBe(true)
  expect(nextFrame(view.scenes)).toBe(100)
})

describe('scenes tile the film', () => {
  test.for([
    ['the first begins after 0', [announce, scenes(planNo(0, 1, 10))]],
    ['a gap in one record', [announce, scenes(planNo(0, 0, 10), planNo(1, 11, 10))]],
    ['an overlap in one record', [announce, scenes(planNo(0, 0, 10), planNo(1, 9, 10))]],
    ['a gap between records', [announce, scenes(planNo(0, 0, 10)), scenes(planNo(1, 11, 10))]],
    ['an overlap between records', [announce, scenes(planNo(0, 0, 10)), scenes(planNo(1, 9, 10))]],
    ['the same scene twice', [announce, scenes(planNo(0, 0, 10)), scenes(planNo(0, 0, 10))]],
    ['a number left out', [announce, scenes(planNo(0, 0, 10), planNo(2, 10, 10))]],
    ['the first is not number 0', [announce, scenes(planNo(1, 0, 10))]],
    ['a scene after the plan was closed', [...TWO_SCENES, scenes(planNo(2, 100, 10))]]
  ] as const)('%s', ([, bodies]) => {
    expect(lastOf(bodies)).toBe('invalid')
  })
})

describe('the plan and the results add up', () => {
  test.for([
    ['a scene too many', [...TWO_SCENES.slice(0, 2), planned(3, 100)]],
    ['a frame too many', [...TWO_SCENES.slice(0, 2), planned(2, 101)]],
    ['planned twice', [...TWO_SCENES, planned(2, 100)]],
    ['planned with nothing', [announce, planned(1, 1)]],
    ['a result of no scene', [...TWO_SCENES, accept(2)]],
    ['a second result', [...TWO_SCENES, accept(0), accept(0)]],
    ['a second, other result', [...TWO_SCENES, accept(0), accept(0, 101)]],
    ['completed with a scene missing', [...TWO_SCENES, accept(0), end('completed')]],
    ['completed before the plan was closed', [announce, scenes(planNo(0, 0, 10)), accept(0), end('completed')]]
  ] as const)('%s', ([, bodies]) => {
    expect(lastOf(bodies)).toBe('invalid')
  })

  test('a result may come before the plan is closed', () => {
    expect(lastOf([announce, scenes(planNo(0, 0, 10)), accept(0)])).toBe('taken')
  })
})

describe('a worker that was caught [RULE 51]', () => {
  const withdraw: LogBody = { type: 'withdraw', withdraw: { worker: WORKER, reason: 'other bytes' } }
  const by = (scene: number, change: Partial<Accept>, bytes = 100): LogBody => {
    const body = accept(scene, bytes)
    return body.type === 'accept' ? { ...body, accept: { ...body.accept, ...change } } : body
  }

  test('loses all receipts that no proof covers, at once, and others lose none', () => {
    const three = [announce, scenes(planNo(0, 0, 40), planNo(1, 40, 60), planNo(2, 100, 5)), planned(3, 105)]
    const before = [by(0, {}), by(1, { provedBy: OWNER }, 200), by(2, { worker: OWNER }, 300)]
    const view = fold(chain([...three, ...before, withdraw]))
    expect(view.scenes.map(({ accepted }) => accepted != null)).toEqual([false, true, true])
    expect(view).toMatchObject({ acceptedScenes: 2, acceptedFrames: 65, acceptedBytes: 500 })
    expect(view.withdrawn).toEqual([{ worker: WORKER, reason: 'other bytes', scenes: [0] }])
    expect(isFullyAccepted(view)).toBe(false)
  })

  test('loses what only it has proved of others', () => {
    const bodies = [...TWO_SCENES, by(0, { worker: OWNER, provedBy: WORKER }), by(1, { worker: OWNER })]
    const view = fold(chain([...bodies, withdraw]))
    expect(view.withdrawn).toEqual([{ worker: WORKER, reason: 'other bytes', scenes: [0] }])
    expect(view.scenes.map(({ accepted }) => accepted != null)).toEqual([false, true])
  })

  test('and the film ends once somebody has encoded them again', () => {
    const again = by(0, { worker: OWNER })
    const bodies = [...TWO_SCENES, accept(0), by(1, { worker: OWNER }), withdraw]
    expect(lastOf([...bodies, end('completed')])).toBe('invalid')
    expect(fold(chain([...bodies, again, end('completed')])).end?.state).toBe('completed')
  })

  test('no more than a thousand times', () => {
    const rounds = Array.from({ length: LIMITS.withdrawalsMax }, () => [accept(0), withdraw])
    const bodies = [...TWO_SCENES, ...rounds.flat(), accept(0)]
    expect(fold(chain(bodies)).withdrawn).toHaveLength(LIMITS.withdrawalsMax)
    expect(lastOf([...bodies, withdraw])).toBe('invalid')
  })

  test.for([
    ['nothing was accepted', [...TWO_SCENES, withdraw]],
    ['another delivered all', [...TWO_SCENES, by(0, { worker: OWNER }), withdraw]],
    ['all is proved', [...TWO_SCENES, by(0, { provedBy: OWNER }), withdraw]],
    ['it happened already', [...TWO_SCENES, accept(0), withdraw, withdraw]]
  ] as const)('has nothing to lose where %s', ([, bodies]) => {
    expect(lastOf(bodies)).toBe('invalid')
  })
})

describe('the chain', () => {
  const records = chain([...TWO_SCENES, accept(0)])
  const [first, second, third, fourth] = records as [SignedRecord, SignedRecord, SignedRecord, SignedRecord]
  const view = fold([first, second, third])

  test('a record of another signer', () => {
    expect(refusal(() => foldRecord(view, { ...fourth, signer: WORKER }))).toBe('wrong-signer')
  })
  test('an announcement under an id that is not made of signer and nonce', () => {
    expect(refusal(() => foldRecord(undefined, { ...first, derivedProjectId: 'b'.repeat(26) }))).toBe('wrong-signer')
    expect(refusal(() => foldRecord(undefined, { ...first, derivedProjectId: undefined }))).toBe('wrong-signer')
  })
  test('records that are in already', () => {
    for (const known of [first, second, third]) expect(refusal(() => foldRecord(view, known))).toBe('stale')
  })
  test('records missing before it', () => {
    expect(refusal(() => foldRecord(fold([first]), third))).toBe('gap')
    expect(refusal(() => foldRecord(undefined, second))).toBe('gap')
  })
  test('a record that names another before it', () => {
    expect(refusal(() => foldRecord(view, { ...fourth, record: { ...fourth.record, prev: hashNo(99) } }))).toBe('fork')
  })
  test('two announcements', () => {
    // Two different ones are a fork, which the ledger sees: it knows the hash of the one that is kept.
    expect(refusal(() => foldRecord(fold([first]), { ...first, hash: hashNo(99) }))).toBe('stale')
    expect(
      refusal(() => foldRecord(fold([first]), { ...first, signer: WORKER, derivedProjectId: 'b'.repeat(26) }))
    ).toBe('wrong-signer')
  })
  test('a project that is frozen takes its removal and nothing else', () => {
    const frozen = { ...view, fork: { seq: 1, hashes: [hashNo(1), hashNo(99)] as const } }
    expect(refusal(() => foldRecord(frozen, fourth))).toBe('frozen')
    expect(refusal(() => foldRecord(frozen, third))).toBe('stale')
    const removal = { ...fourth, record: { ...fourth.record, body: end('removed') } }
    expect(foldRecord(frozen, removal)).toMatchObject({ fork: undefined, end: { state: 'removed' }, scenes: [] })
  })
  test('an epoch that falls', () => {
    const grown = chain([announce, update(1), update(2)], [1, 5, 4])
    expect(refusal(() => fold(grown))).toBe('fork')
    expect(fold(chain([announce, update(1), update(2)], [1, 5, 5])).head.epoch).toBe(5)
  })
  test('a refused record leaves the view as it was', () => {
    const before = structuredClone(view)
    refusal(() => foldRecord(view, { ...fourth, signer: WORKER }))
    foldRecord(view, fourth)
    expect(view).toEqual(before)
  })
})

describe('the end', () => {
  test.for(['failed', 'cancelled', 'removed'] as const)('%s may come at any time', (state) => {
    expect(lastOf([announce, end(state)])).toBe('taken')
    expect(lastOf([...TWO_SCENES, accept(0), end(state)])).toBe('taken')
  })
  test.for([
    ['a result', accept(0)],
    ['a change', update(3)],
    ['another end', end('cancelled')]
  ] as const)('%s after it', ([, body]) => {
    expect(lastOf([...TWO_SCENES, end('failed'), body])).toBe('ended')
  })
  test('its removal once, and nothing after that', () => {
    expect(lastOf([...TWO_SCENES, end('failed'), end('removed')])).toBe('taken')
    expect(lastOf([...TWO_SCENES, end('failed'), end('removed'), end('removed')])).toBe('ended')
    expect(lastOf([...TWO_SCENES, end('removed'), update(1)])).toBe('ended')
  })
})

describe('a removal', () => {
  const records = chain([...TWO_SCENES, accept(0), accept(1), end('completed'), end('removed')])
  const removal = records.at(-1) as SignedRecord

  test('counts over any gap, and leaves the announcement', () => {
    for (let known = 1; known < records.length; known += 1) {
      const view = foldRecord(fold(records.slice(0, known)), removal)
      expect(view).toEqual(fold(records))
      expect(view).toMatchObject({ announce: announceSample, scenes: [], planned: undefined, acceptedScenes: 0 })
      expect(view.head).toEqual({ epoch: 1, seq: 6, hash: hashNo(6) })
    }
  })
  test('of an unknown project, of another signer or of what is known already is refused', () => {
    const view = fold(records.slice(0, 3))
    expect(refusal(() => foldRecord(undefined, removal))).toBe('gap')
    expect(refusal(() => foldRecord(view, { ...removal, signer: WORKER }))).toBe('wrong-signer')
    expect(refusal(() => foldRecord(view, { ...removal, record: { ...removal.record, seq: 2 } }))).toBe('stale')
  })
  test('other ends wait for what is missing', () => {
    expect(refusal(() => foldRecord(fold(records.slice(0, 3)), records[5] as SignedRecord))).toBe('gap')
  })
})

const validLog = logBodies.map((bodies) => chain(bodies))

test('whatever duplicates are mixed in, the view is the same and the duplicates are stale', () => {
  fc.assert(
    fc.property(validLog, fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 30 }), (records, duplicates) => {
      const pure = fold(records)
      let view: ProjectView | undefined
      records.forEach((record, at) => {
        view = foldRecord(view, record)
        const known = view
        for (const [when, which] of duplicates) {
          if (when % records.length !== at) continue
          const again = records[which % (at + 1)]
          if (again != null) expect(refusal(() => foldRecord(known, again))).toBe('stale')
        }
      })
      expect(view).toEqual(pure)
    })
  )
})

test('equal logs give deep-equal views on every node, and the sums are those of the scenes', () => {
  fc.assert(
    fc.property(validLog, (records) => {
      const view = fold(records)
      expect(fold(structuredClone(records))).toEqual(view)
      expect(view.planned?.frames).toBe(nextFrame(view.scenes))
      const accepted = view.scenes.filter((scene) => scene.accepted != null)
      expect(view.acceptedScenes).toBe(accepted.length)
      expect(view.acceptedFrames).toBe(accepted.reduce((sum, scene) => sum + scene.plan.frames, 0))
      expect(view.acceptedBytes).toBe(accepted.reduce((sum, scene) => sum + (scene.accepted?.result.bytes ?? 0), 0))
    })
  )
})

test('records in any order: those that fit are taken, a second pass in order makes the view whole', () => {
  fc.assert(
    fc.property(
      validLog.chain((records) => fc.tuple(fc.constant(records), fc.shuffledSubarray(records))),
      ([records, some]) => {
        let view: ProjectView | undefined
        for (const record of [...some, ...records]) {
          try {
            view = foldRecord(view, record)
          } catch {
            // A gap or a duplicate; the whole chain follows.
          }
        }
        expect(view).toEqual(fold(records))
      }
    )
  )
})

test('the newer of two beats has the higher epoch, then the higher number', () => {
  const beat = (epoch: number, beatNo: number): Beat => ({
    projectId: PROJECT,
    epoch,
    beatNo,
    seq: 0,
    state: 'encoding',
    sceneStates: [],
    leases: [],
    fps: 0,
    failures: []
  })
  expect(isNewerBeat(undefined, beat(0, 0))).toBe(true)
  expect(isNewerBeat(beat(1, 5), beat(1, 6))).toBe(true)
  expect(isNewerBeat(beat(1, 5), beat(1, 5))).toBe(false)
  expect(isNewerBeat(beat(1, 5), beat(2, 1))).toBe(true)
  expect(isNewerBeat(beat(2, 1), beat(1, 500))).toBe(false)
})
