import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  createLedger,
  LIMITS,
  sweepLedger,
  type Ledger,
  type LedgerEntry,
  type LogBody,
  type SignedRecord
} from '../../../../src/swarm/protocol/index.ts'
import {
  acceptBody,
  announceBody,
  chainOf,
  createLedgerBench,
  endBody,
  foldAll,
  forged,
  logBodies,
  plannedBody,
  scenesBody,
  updateBody
} from '../../../fixtures/protocol-chains.ts'
import { OWNER, planNo, PROJECT, WORKER } from '../../../fixtures/protocol-samples.ts'

const BODIES: readonly LogBody[] = [
  announceBody,
  scenesBody(planNo(0, 0, 40), planNo(1, 40, 60)),
  plannedBody(2, 100),
  acceptBody(0)
]
const CHAIN = chainOf(BODIES)
const at = (records: readonly SignedRecord[], seq: number): SignedRecord => records[seq] as SignedRecord
const LAST = at(CHAIN, 3)
/** A second history that differs from record 2 on. */
const TWIN = [...CHAIN.slice(0, 2), ...chainOf([updateBody(7), updateBody(8), updateBody(9)], { after: at(CHAIN, 1) })]

describe('a record', () => {
  test('is stored when it follows, and its length counted', () => {
    const bench = createLedgerBench()
    for (const record of CHAIN) {
      expect(bench.feed(record)).toBe('taken')
      expect(bench.effects).toEqual([{ type: 'store', projectId: PROJECT, seq: record.record.seq }])
    }
    expect(bench.view()).toEqual(foldAll(CHAIN))
    expect(bench.ledger.entries.get(PROJECT)).toMatchObject({ bytes: 1200, known: true })
  })

  test('that is refused leaves the ledger the very object it was', () => {
    const bench = createLedgerBench()
    bench.feedUntilQuiet(CHAIN.slice(0, 3))
    const before = bench.ledger
    expect(bench.feed(at(CHAIN, 1))).toBe('stale')
    expect(bench.feed(forged(LAST, {}, { signer: WORKER }))).toBe('wrong-signer')
    expect(bench.feed(at(chainOf([updateBody(1)], { after: LAST }), 0))).toBe('gap')
    expect(bench.feed(forged(LAST, { prev: 'ab'.repeat(32) }))).toBe('fork')
    expect(bench.ledger).toBe(before)
    expect(bench.effects).toEqual([])
  })
})

describe('two histories', () => {
  test('freeze the project, with both hashes as proof, the smaller first', () => {
    const bench = createLedgerBench()
    bench.feedUntilQuiet(CHAIN)
    expect(bench.feed(at(TWIN, 2))).toBe('taken')
    const hashes = [at(CHAIN, 2).hash, at(TWIN, 2).hash].toSorted()
    expect(bench.effects).toEqual([{ type: 'prove', projectId: PROJECT, fork: { seq: 2, hashes } }])
    expect(bench.view()).toEqual({ ...foldAll(CHAIN), fork: { seq: 2, hashes } })
    expect(bench.feed(at(chainOf([acceptBody(1)], { after: LAST }), 0))).toBe('frozen')
    expect(bench.feed(at(TWIN, 2))).toBe('stale')
    expect(bench.feed(at(TWIN, 3))).toBe('stale')
  })

  test('an announcement told twice differently is one', () => {
    const bench = createLedgerBench()
    bench.feedUntilQuiet(CHAIN.slice(0, 1))
    expect(bench.feed(forged(at(CHAIN, 0), { epoch: 5 }))).toBe('taken')
    expect(bench.view()?.fork?.seq).toBe(0)
  })

  test('end with the removal of the project', () => {
    const bench = createLedgerBench()
    bench.feedUntilQuiet([...CHAIN, at(TWIN, 2)])
    expect(bench.feed(at(chainOf([endBody('removed')], { after: LAST }), 0))).toBe('taken')
    expect(bench.view()).toMatchObject({ fork: undefined, end: { state: 'removed' } })
    expect(bench.seqs()).toEqual([0, 4])
    expect(bench.feed(at(TWIN, 2))).toBe('stale')
  })

  test('a record signed by another proves nothing', () => {
    const bench = createLedgerBench()
    bench.feedUntilQuiet(CHAIN)
    expect(bench.feed(forged(at(TWIN, 2), {}, { signer: WORKER }))).toBe('wrong-signer')
    expect(bench.view()?.fork).toBeUndefined()
  })

  test('of an ended project freeze it as well', () => {
    const bench = createLedgerBench()
    bench.feedUntilQuiet([...CHAIN, ...chainOf([endBody('cancelled')], { after: LAST })])
    expect(bench.feed(at(TWIN, 2))).toBe('taken')
    expect(bench.view()?.fork?.seq).toBe(2)
  })
})

describe('a record of this node that it did not write', () => {
  const init = { source: 'written' } as const
  const next = at(chainOf([acceptBody(1)], { after: LAST }), 0)

  test('is of a twin while the project runs', () => {
    const bench = createLedgerBench(OWNER)
    for (const record of CHAIN) expect(bench.feed(record, init)).toBe('taken')
    expect(bench.feed(next)).toBe('twin')
    expect(bench.feed(at(chainOf([endBody('removed')], { after: LAST }), 0))).toBe('twin')
    expect(bench.feed(LAST)).toBe('stale')
    expect(bench.feed(next, init)).toBe('taken')
  })

  test('is taken when it comes from its own disk or while it starts', () => {
    const bench = createLedgerBench(OWNER)
    for (const record of [...CHAIN, next]) expect(bench.feed(record, { source: 'imported' })).toBe('taken')
  })

  test('that differs from one it wrote freezes its own project', () => {
    const bench = createLedgerBench(OWNER)
    for (const record of CHAIN) bench.feed(record, init)
    expect(bench.feed(at(TWIN, 2))).toBe('taken')
    expect(bench.view()?.fork?.seq).toBe(2)
    expect(bench.feed(next, init)).toBe('frozen')
  })

  test('signed by another is no twin', () => {
    const bench = createLedgerBench(OWNER)
    for (const record of CHAIN) bench.feed(record, init)
    expect(bench.feed(forged(next, {}, { signer: WORKER }))).toBe('wrong-signer')
  })
})

describe('a removal', () => {
  const removal = at(chainOf([endBody('removed')], { after: LAST }), 0)

  test('leaves the announcement and itself, whatever was missing', () => {
    const bench = createLedgerBench()
    bench.feed(at(CHAIN, 0))
    bench.feed(at(CHAIN, 1), { bytes: 60_000 })
    expect(bench.feed(removal, { bytes: 200 })).toBe('taken')
    expect(bench.effects).toEqual([
      { type: 'store', projectId: PROJECT, seq: 4 },
      { type: 'keep-only', projectId: PROJECT, seqs: [0, 4] }
    ])
    expect(bench.seqs()).toEqual([0, 4])
    expect(bench.ledger.entries.get(PROJECT)?.bytes).toBeLessThan(2000)
    for (const record of CHAIN) expect(bench.feed(record)).toBe('stale')
    expect(bench.feed(at(chainOf([updateBody(1)], { after: removal }), 0))).toBe('ended')
  })

  test('is never refused for want of room', () => {
    const bench = createLedgerBench()
    bench.ledger = filled(LIMITS.projectsMax - 1, { bytes: 0 })
    for (const record of CHAIN) bench.feed(record, { source: 'imported', bytes: LIMITS.logBytesPerOwnerMax })
    expect(bench.feed(at(chainOf([acceptBody(1)], { after: LAST }), 0))).toBe('too-many')
    expect(bench.feed(removal, { known: false })).toBe('taken')
  })

  test('of more projects than are remembered forgets the oldest', () => {
    const bench = createLedgerBench()
    const many = Array.from({ length: LIMITS.tombstonesPerOwnerMax + 1 }, (_, index) => ({
      id: idNo(index),
      // The one that ended first is neither the first nor the last that came.
      endedAtMs: index === 100 ? 1 : 1000 + index
    }))
    for (const { id, endedAtMs } of many)
      for (const record of chainOf([announceBody, endBody('removed', endedAtMs)], { projectId: id }))
        expect(bench.feed(record)).toBe('taken')
    expect(bench.ledger.entries.size).toBe(LIMITS.tombstonesPerOwnerMax)
    expect(bench.ledger.entries.has(idNo(100))).toBe(false)
    expect(bench.effects.at(-1)).toEqual({ type: 'drop', projectId: idNo(100) })
    expect(bench.store.has(idNo(100))).toBe(false)
  })
})

describe('a sweep', () => {
  const wallMs = LIMITS.endedKeepMs + 1000
  const cases = [
    ['ended a moment too late to go', OWNER, endBody('cancelled', 1000), true],
    ['ended long ago', OWNER, endBody('cancelled', 999), false],
    ['removed long ago', OWNER, endBody('removed', 999), false],
    ['still running', OWNER, updateBody(1), true],
    ['own, ended long ago', 'self', endBody('failed', 1), true],
    ['own, removed long ago', 'self', endBody('removed', 1), false]
  ] as const
  test.for(cases)('%s', ([, owner, body, stays]) => {
    const bench = createLedgerBench('self')
    for (const record of chainOf([announceBody, body], { owner })) bench.feed(record, { source: 'imported' })
    const { ledger, effects } = sweepLedger(bench.ledger, wallMs)
    expect(ledger.entries.has(PROJECT)).toBe(stays)
    expect(effects).toEqual(stays ? [] : [{ type: 'drop', projectId: PROJECT }])
  })
})

/** A project id for each number. */
function idNo(number: number): string {
  const digits = Array.from(
    number.toString(32),
    (digit) => 'abcdefghijklmnopqrstuvwxyz234567'[Number.parseInt(digit, 32)]
  )
  return digits.join('').padStart(26, 'z')
}

interface Filling {
  readonly bytes: number
  readonly known?: boolean
  readonly owner?: (index: number) => string
  readonly firstId?: number
}

/** A ledger that holds so many projects already. */
function filled(count: number, init: Filling): Ledger {
  const { bytes, known = true, owner = (index) => `owner ${index}`, firstId = 1_000_000 } = init
  const entries = new Map<string, LedgerEntry>()
  for (let index = 0; index < count; index += 1) {
    const projectId = idNo(firstId + index)
    const view = foldAll(chainOf([announceBody], { projectId, owner: owner(index) }))
    entries.set(projectId, { view, bytes, known })
  }
  return { ...createLedger('self'), entries }
}

describe('room', () => {
  const ME = (): string => OWNER
  /** What is in the ledger before, whether the owner is known, and how the last that fits and the first that does not come about. */
  const quotas = [
    ['projectsMax', true, (more: number) => filled(LIMITS.projectsMax - 1 + more, { bytes: 0 })],
    [
      'projectsPerOwnerMax',
      true,
      (more: number) => filled(LIMITS.projectsPerOwnerMax - 1 + more, { bytes: 0, owner: ME })
    ],
    [
      'strangersProjectsMax',
      false,
      (more: number) => filled(LIMITS.strangersProjectsMax - 1 + more, { bytes: 0, known: false })
    ],
    [
      'strangerProjectsMax',
      false,
      (more: number) => filled(LIMITS.strangerProjectsMax - 1 + more, { bytes: 0, known: false, owner: ME })
    ],
    ['logBytesMax', true, (more: number) => filled(1, { bytes: LIMITS.logBytesMax - 300 + more })],
    [
      'logBytesPerOwnerMax',
      true,
      (more: number) => filled(1, { bytes: LIMITS.logBytesPerOwnerMax - 300 + more, owner: ME })
    ],
    [
      'strangersLogBytesMax',
      false,
      (more: number) => filled(1, { bytes: LIMITS.strangersLogBytesMax - 300 + more, known: false })
    ],
    [
      'strangerLogBytesMax',
      false,
      (more: number) => filled(1, { bytes: LIMITS.strangerLogBytesMax - 300 + more, known: false, owner: ME })
    ]
  ] as const

  test.for(quotas)('%s: what reaches it is taken, one more is not', ([, known, ledger]) => {
    const bench = createLedgerBench()
    bench.ledger = ledger(0)
    expect(bench.feed(at(CHAIN, 0), { known })).toBe('taken')
    bench.ledger = ledger(1)
    expect(bench.feed(at(CHAIN, 0), { known })).toBe('too-many')
    expect(bench.ledger.entries.has(PROJECT)).toBe(false)
  })

  test('that strangers used up is there for those that are known', () => {
    const bench = createLedgerBench()
    bench.ledger = filled(LIMITS.strangersProjectsMax, { bytes: LIMITS.strangersLogBytesMax / 500, known: false })
    expect(bench.feed(at(CHAIN, 0), { known: false })).toBe('too-many')
    expect(bench.feed(at(CHAIN, 0), { known: true })).toBe('taken')
  })

  test('a full ledger still takes what this node writes and what its disk holds', () => {
    const bench = createLedgerBench('self')
    bench.ledger = filled(LIMITS.projectsMax, { bytes: LIMITS.logBytesMax })
    const [mine] = chainOf([announceBody], { owner: 'self', projectId: idNo(1) })
    expect(bench.feed(mine as SignedRecord, { source: 'written' })).toBe('taken')
    expect(bench.feed(at(CHAIN, 0), { source: 'imported' })).toBe('taken')
  })

  test('own projects take none of it', () => {
    const bench = createLedgerBench('self')
    bench.ledger = filled(LIMITS.projectsMax, { bytes: LIMITS.logBytesMax, owner: () => 'self' })
    expect(bench.feed(at(CHAIN, 0), { known: false })).toBe('taken')
  })
})

test('in any order, with duplicates and gaps that are asked for again, the view is the one of the log in order', () => {
  fc.assert(
    fc.property(logBodies, fc.boolean(), fc.infiniteStream(fc.nat()), ([...bodies], removes, random) => {
      if (removes) bodies.push(endBody('removed', 5))
      const records = chainOf(bodies)
      const mixed = [...records, ...records.filter(() => nextOf(random) % 3 === 0)]
        .map((record) => ({ record, rank: nextOf(random) }))
        .toSorted((a, b) => a.rank - b.rank)
        .map(({ record }) => record)
      const bench = createLedgerBench()
      bench.feedUntilQuiet(mixed)
      expect(bench.view()).toEqual(foldAll(records))
      expect(bench.seqs()).toEqual(removes ? [0, records.length - 1] : records.map(({ record }) => record.seq))
    }),
    { numRuns: 200 }
  )
})

const nextOf = (random: Iterator<number>): number => Number(random.next().value ?? 0)

/** Two logs of one owner that are the same up to a record and differ from there on. */
const histories = fc
  .record({ bodies: logBodies, cut: fc.nat(), lengths: fc.tuple(fc.nat(6), fc.integer({ min: 1, max: 6 })) })
  .map(({ bodies, cut, lengths }) => {
    const one = chainOf(bodies)
    const shared = one.slice(0, 1 + (cut % (one.length - 1)))
    const other = Array.from({ length: lengths[1] }, (_, index) => updateBody(1000 + index))
    return {
      shared: shared.length,
      one: one.slice(0, Math.max(shared.length + 1, one.length - lengths[0])),
      other: [...shared, ...chainOf(other, { after: at(shared, shared.length - 1) })]
    }
  })

test('whatever mix of honest, forged and conflicting records comes, nothing is lost and heads do not fall', () => {
  fc.assert(
    fc.property(
      histories,
      fc.array(
        fc.tuple(
          fc.constantFrom('one', 'other', 'alien', 'unchained', 'renamed', 'early epoch', 'removal'),
          fc.nat(),
          fc.boolean()
        ),
        { maxLength: 60, size: 'max' }
      ),
      ({ one, other }, feeds) => {
        const bench = createLedgerBench()
        const fed = new Map<string, SignedRecord>()
        for (const [what, which, known] of feeds) {
          const honest = at(what === 'other' ? other : one, which % (what === 'other' ? other : one).length)
          const record = {
            one: honest,
            other: honest,
            alien: forged(
              honest,
              {},
              { signer: WORKER, ...(honest.record.seq === 0 ? { derivedProjectId: idNo(1) } : {}) }
            ),
            unchained: forged(honest, { prev: 'cd'.repeat(32) }),
            renamed: forged(honest, { projectId: idNo(which % 3) }),
            'early epoch': forged(honest, { epoch: 0 }),
            removal: forged(at(one, one.length - 1), { seq: one.length + (which % 3), body: endBody('removed', 3) })
          }[what]
          // Rare: nothing can be said about the rest after it.
          if (what === 'removal' && which % 5 > 0) continue
          const before = bench.view()
          const held = new Map(bench.store.get(PROJECT))
          const ledger = bench.ledger
          const code = bench.feed(record, { known })
          const after = bench.view()
          if (code === 'taken') fed.set(record.hash, record)
          else expect(bench.ledger).toBe(ledger)
          expect([...bench.ledger.entries.keys()].filter((id) => id !== PROJECT)).toEqual([])
          if (before != null) expect(after?.head.seq).toBeGreaterThanOrEqual(before.head.seq)
          if (after == null) continue
          expect(after.owner).toBe(OWNER)
          const records = bench.store.get(PROJECT) ?? new Map<number, SignedRecord>()
          if (after.end?.state === 'removed') {
            expect(bench.seqs()).toEqual([0, after.head.seq])
            expect(after.fork).toBeUndefined()
            continue
          }
          for (const [seq, old] of held) expect(records.get(seq)?.hash).toBe(old.hash)
          expect(bench.seqs()).toEqual(Array.from({ length: after.head.seq + 1 }, (_, seq) => seq))
          expect(records.get(after.head.seq)?.hash).toBe(after.head.hash)
          // What is stored is a whole log that anybody else would fold to the same view.
          expect({ ...foldAll([...records.values()]), fork: after.fork }).toEqual(after)
          if (before?.fork != null) expect(after.fork).toEqual(before.fork)
          if (after.fork == null) continue
          const [small, large] = after.fork.hashes
          expect(small < large).toBe(true)
          for (const hash of [small, large]) expect(fed.get(hash)?.record.seq).toBe(after.fork.seq)
          for (const hash of [small, large]) expect(fed.get(hash)?.signer).toBe(OWNER)
          expect(after.fork.hashes).toContain(records.get(after.fork.seq)?.hash)
        }
        // It freezes if and only if the owner wrote two records under one number.
        const removed = bench.view()?.end?.state === 'removed'
        bench.feedUntilQuiet(one)
        if (!removed && ![...fed.values()].some((record) => !one.includes(record)))
          expect(bench.view()?.fork).toBeUndefined()
        bench.feedUntilQuiet(other)
        if (!removed) expect(bench.view()?.fork).toBeDefined()
      }
    ),
    { numRuns: 300 }
  )
})

test('two histories in any interleaving: nodes that tell each other everything end frozen by the same proof', () => {
  fc.assert(
    fc.property(
      histories,
      fc.infiniteStream(fc.nat()),
      fc.tuple(fc.nat(), fc.nat()),
      ({ shared, one, other }, random, stops) => {
        const benches = stops.map((stop) => {
          const bench = createLedgerBench()
          const queues = [[...one], [...other]]
          const total = one.length + other.length
          // Each node has heard only the beginning of what there is.
          for (let fed = 0; fed < stop % (total + 1); fed += 1) {
            const queue = queues[nextOf(random) % 2]
            const record = queue?.shift()
            if (record != null) bench.feed(record)
          }
          return bench
        })
        // And now both hear of everything, each history once more through somebody.
        benches.forEach((bench, index) => bench.feedUntilQuiet(index === 0 ? one : other))
        for (let rounds = 0; rounds < 3; rounds += 1)
          benches.forEach((bench, index) => bench.feedUntilQuiet(benches[1 - index]?.holds() ?? []))
        const forks = benches.map((bench) => bench.view()?.fork)
        const hashes = [at(one, shared).hash, at(other, shared).hash].toSorted()
        expect(forks).toEqual([
          { seq: shared, hashes },
          { seq: shared, hashes }
        ])
      }
    ),
    { numRuns: 200 }
  )
})

test('whoever sends what, the limits of records and projects hold after every step', () => {
  const owners = ['friend', 'other friend', 'stranger', 'other stranger', 'third stranger']
  const isKnown = (owner: string): boolean => owner.endsWith('friend')
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          owner: fc.constantFrom(...owners),
          project: fc.nat(60),
          what: fc.constantFrom('announce', 'announce', 'update', 'update', 'fork', 'removal'),
          bytes: fc.integer({ min: 1, max: LIMITS.envelopeBytesMax })
        }),
        { maxLength: 150, size: 'max' }
      ),
      fc.tuple(fc.nat(8), fc.nat(8), fc.nat(400_000), fc.nat(400_000)),
      (events, [projectsLeft, strangersLeft, bytesLeft, strangersBytesLeft]) => {
        const bench = createLedgerBench()
        // Nearly full already, of many owners.
        const strangers = filled(LIMITS.strangersProjectsMax - strangersLeft, {
          bytes: Math.floor((LIMITS.strangersLogBytesMax - strangersBytesLeft) / LIMITS.strangersProjectsMax),
          known: false,
          owner: (index) => `s${index}`
        })
        const others = filled(LIMITS.projectsMax - LIMITS.strangersProjectsMax - projectsLeft, {
          firstId: 3_000_000,
          bytes: Math.floor((LIMITS.logBytesMax - LIMITS.strangersLogBytesMax - bytesLeft) / 1500)
        })
        bench.ledger = { ...others, entries: new Map([...others.entries, ...strangers.entries]) }
        const proofs = new Map<string, number>()
        for (const { owner, project, what, bytes } of events) {
          const projectId = idNo(2_000_000 + owners.indexOf(owner) * 100 + project)
          const head = bench.store.get(projectId)?.get(bench.view(projectId)?.head.seq ?? -1)
          const init = { owner, projectId, ...(head == null ? {} : { after: head }) }
          const first = bench.store.get(projectId)?.get(0)
          const record = {
            announce: chainOf([announceBody], { owner, projectId })[0],
            update: chainOf([updateBody(bytes)], init)[0],
            removal: chainOf([endBody('removed', bytes)], init)[0],
            fork: first == null ? undefined : forged(first, { epoch: 9 })
          }[what]
          if (record == null) continue
          if (bench.feed(record, { bytes, known: isKnown(owner) }) === 'taken' && what === 'fork')
            proofs.set(projectId, bytes)
          // What a removal leaves and the proof of a fork are taken whatever room there is; the rest is within the limits.
          const counted = [...bench.ledger.entries.values()].filter(({ view }) => view.end?.state !== 'removed')
          const bytesOf = (entries: readonly LedgerEntry[]): number =>
            entries.reduce((sum, entry) => sum + entry.bytes - (proofs.get(entry.view.projectId) ?? 0), 0)
          const strange = counted.filter(({ known }) => !known)
          expect(counted.length).toBeLessThanOrEqual(LIMITS.projectsMax)
          expect(bytesOf(counted)).toBeLessThanOrEqual(LIMITS.logBytesMax)
          expect(strange.length).toBeLessThanOrEqual(LIMITS.strangersProjectsMax)
          expect(bytesOf(strange)).toBeLessThanOrEqual(LIMITS.strangersLogBytesMax)
          const mine = counted.filter(({ view }) => view.owner === owner)
          expect(mine.length).toBeLessThanOrEqual(
            isKnown(owner) ? LIMITS.projectsPerOwnerMax : LIMITS.strangerProjectsMax
          )
          expect(bytesOf(mine)).toBeLessThanOrEqual(
            isKnown(owner) ? LIMITS.logBytesPerOwnerMax : LIMITS.strangerLogBytesMax
          )
        }
      }
    ),
    { numRuns: 8 }
  )
})
