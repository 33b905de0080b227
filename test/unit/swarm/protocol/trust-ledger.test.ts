import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  DEFAULT_TIMING,
  LIMITS,
  noteTrust,
  proofShareOf,
  standingOf,
  type TrustLedger
} from '../../../../src/swarm/protocol/index.ts'

type What = 'accepted' | 'refused' | 'missed'
const { barredMs, barredMsMax } = DEFAULT_TIMING

/** What these did to a peer `w`, one a millisecond from `startMs` on. */
function after(whats: readonly What[], isKnown = false, startMs = 0): TrustLedger {
  let ledger: TrustLedger = new Map()
  whats.forEach((what, index) => {
    ledger = noteTrust(ledger, { worker: 'w', what, nowMs: startMs + index }, DEFAULT_TIMING, isKnown)
  })
  return ledger
}

describe('the share that is encoded again', () => {
  const good = (count: number): What[] => Array.from({ length: count }, () => 'accepted')
  const share = (isKnown: boolean, whats: What[], question: { isFirst?: boolean; share?: number } = {}): number =>
    proofShareOf(after(whats, isKnown), { worker: 'w', isKnown, isFirst: false, share: 0.03, ...question })

  test('of a stranger falls with results in a row, to 3 %, and begins anew after a bad one', () => {
    expect([share(false, []), share(false, good(1)), share(false, good(9))]).toEqual([1, 1 / 2, 1 / 10])
    expect(share(false, good(1000))).toBe(0.03)
    expect(share(false, good(1000), { share: 0 })).toBe(0.03)
    expect(share(false, good(1000), { share: 0.5 })).toBe(0.5)
    expect(share(false, [...good(9), 'refused'])).toBe(1)
  })

  test('of one whom the owner knows is the first in each project, then what the user wants', () => {
    expect(share(true, good(9), { isFirst: true })).toBe(1)
    expect([share(true, []), share(true, good(9)), share(true, good(9), { share: 1 })]).toEqual([0.03, 0.03, 1])
    expect([share(true, [], { isFirst: true, share: 0 }), share(true, [], { share: 0 })]).toEqual([0, 0])
  })

  test('of one who was caught is as of a stranger, although the owner knows it', () => {
    expect(share(true, ['refused'], { share: 0 })).toBe(1)
    expect(share(true, ['refused', ...good(3)], { share: 0 })).toBe(1 / 4)
  })
})

describe('standing', () => {
  test.for([
    ['of one who did nothing', [], 'stranger'],
    ['after an accepted result', ['accepted'], 'trusted'],
    ['after a bad one', ['accepted', 'refused'], 'stranger'],
    ['after a good one after a bad one', ['refused', 'accepted'], 'trusted'],
    ['after a deadline missed by one who proved itself', ['accepted', 'missed'], 'trusted'],
    ['after a deadline missed by a stranger', ['missed'], 'stranger']
  ] as const)('%s', ([, whats, standing]) => {
    expect(standingOf(after(whats), 'w', false).standing).toBe(standing)
    expect(standingOf(after(whats, true), 'w', true).standing).toBe('trusted')
  })

  test('is each peer its own', () => {
    const ledger = after(['accepted', 'refused'])
    expect(standingOf(ledger, 'another', false)).toEqual({ standing: 'stranger', barredUntilMs: 0 })
  })
})

describe('a bar', () => {
  test('is four times as long for each bad result, up to a limit', () => {
    const lengths = [1, 2, 3, 4, 5, 6, 20].map((strikes) => {
      const ledger = after(Array.from({ length: strikes }, () => 'refused' as const))
      return (ledger.get('w')?.barredUntilMs ?? 0) - (strikes - 1)
    })
    expect(lengths).toEqual([1, 4, 16, 64, 256, 360, 360].map((times) => times * barredMs))
    expect(barredMsMax).toBe(360 * barredMs)
  })

  test('comes with a bad result, however well known or proved the peer is', () => {
    expect(standingOf(after(['refused'], true), 'w', true).barredUntilMs).toBe(barredMs)
    expect(standingOf(after(['accepted', 'accepted', 'refused']), 'w', false).barredUntilMs).toBe(2 + barredMs)
  })

  test('comes with a missed deadline for a stranger only', () => {
    expect(standingOf(after(['missed']), 'w', false).barredUntilMs).toBe(barredMs)
    expect(standingOf(after(['missed', 'missed']), 'w', false).barredUntilMs).toBe(1 + 4 * barredMs)
    expect(standingOf(after(['missed'], true), 'w', true).barredUntilMs).toBe(0)
    expect(standingOf(after(['accepted', 'missed', 'missed']), 'w', false).barredUntilMs).toBe(0)
    expect(standingOf(after(['accepted', 'refused', 'missed']), 'w', false).barredUntilMs).toBe(2 + 4 * barredMs)
  })

  test('a good result does not take it back, nor the count of strikes', () => {
    const ledger = after(['refused', 'accepted', 'refused'])
    expect(ledger.get('w')).toMatchObject({ strikes: 2, barredUntilMs: 2 + 4 * barredMs, inARow: 0 })
    expect(standingOf(after(['refused', 'accepted']), 'w', false).barredUntilMs).toBe(barredMs)
  })
})

test('over any history counts add up, bars never become shorter, and other peers and older ledgers stay as they are', () => {
  const event = fc.record({
    worker: fc.constantFrom('v', 'w'),
    what: fc.constantFrom('accepted', 'refused', 'missed'),
    waitMs: fc.nat(400_000)
  })
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60, size: 'max' }), fc.boolean(), (events, isKnown) => {
      let ledger: TrustLedger = new Map()
      let nowMs = 0
      events.forEach(({ worker, what, waitMs }, index) => {
        const before = ledger
        const copy = structuredClone(before)
        nowMs += waitMs
        ledger = noteTrust(ledger, { worker, what, nowMs }, DEFAULT_TIMING, isKnown)
        expect(before).toEqual(copy)
        const past = events.slice(0, index + 1).filter((one) => one.worker === worker)
        const counted = (kind: What): number => past.filter((one) => one.what === kind).length
        const trust = ledger.get(worker)
        expect(trust).toMatchObject({
          accepted: counted('accepted'),
          refused: counted('refused'),
          missed: counted('missed')
        })
        const lastBad = past.findLastIndex((one) => one.what === 'refused')
        expect(trust?.inARow).toBe(past.slice(lastBad + 1).filter((one) => one.what === 'accepted').length)
        expect(trust?.barredUntilMs).toBeGreaterThanOrEqual(before.get(worker)?.barredUntilMs ?? 0)
        expect(trust?.barredUntilMs).toBeLessThanOrEqual(nowMs + barredMsMax)
        if (what === 'refused') expect(trust?.barredUntilMs).toBeGreaterThanOrEqual(nowMs + barredMs)
        expect(trust?.strikes).toBeGreaterThanOrEqual(counted('refused'))
        const other = worker === 'v' ? 'w' : 'v'
        expect(ledger.get(other)).toBe(before.get(other))
      })
    })
  )
})

test('workersMax: names that were made up are forgotten, those that count are not', () => {
  const harmless = { accepted: 0, refused: 0, missed: 1, inARow: 0, strikes: 0, barredUntilMs: 0 }
  let ledger: TrustLedger = new Map()
  ledger = noteTrust(ledger, { worker: 'friend', what: 'accepted', nowMs: 0 }, DEFAULT_TIMING, false)
  ledger = new Map([
    ...ledger,
    ...Array.from({ length: LIMITS.workersMax }, (_, index) => [`made up ${index}`, harmless] as const)
  ])
  const after = noteTrust(ledger, { worker: 'one more', what: 'refused', nowMs: 1 }, DEFAULT_TIMING, false)
  expect([...after.keys()]).toEqual(['friend', 'one more'])
})
