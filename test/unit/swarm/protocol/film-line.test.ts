import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  comesBefore,
  countBefore,
  filmInLine,
  mayCutPiece,
  nextInLine,
  PREPARED_AT_A_TIME,
  turnReason,
  type FilmInLine
} from '../../../../src/swarm/protocol/index.ts'
import { BUILD, createOwnerBench, MAKING, PROBE } from '../../../fixtures/owner-bench.ts'
import { createLineModel, type ModelInit } from '../../../fixtures/line-model.ts'
import { OWNER, WORKER } from '../../../fixtures/protocol-samples.ts'

const ASKS: Omit<FilmInLine, 'projectId'> = {
  step: 'asks',
  isQuick: false,
  priority: 0,
  createdAtMs: 0,
  open: 0,
  leased: 0,
  isBegun: false,
  hasDelivered: false,
  askers: new Map()
}

/** Films in the order of their submission. */
const line = (...films: readonly Partial<FilmInLine>[]): FilmInLine[] =>
  films.map((film, index) => ({ ...ASKS, projectId: `film-${index}`, createdAtMs: index, ...film }))

const PREPARED = { step: 'rests', open: 10 } as const
const ENCODING = { ...PREPARED, isBegun: true, leased: 2 } as const
const RUNS = { step: 'runs' } as const
const HELD = { step: 'held', open: 3 } as const
const told = (...workers: readonly string[]): Pick<FilmInLine, 'askers'> => ({
  askers: new Map(workers.map((worker) => [worker, true]))
})

describe('which film is prepared next', () => {
  test.for([
    ['the first, when there is nothing', line({}, {}), 0],
    ['none while one is being prepared', line(RUNS, {}), undefined],
    ['none while one is ahead and nobody encodes', line(PREPARED, {}), undefined],
    ['the next, as soon as what was ahead is begun', line(ENCODING, {}, {}), 1],
    ['none beyond the one that is ahead of what is encoded', line(ENCODING, PREPARED, {}), undefined],
    ['one more, when fewer scenes are ahead than are at work', line({ ...ENCODING, leased: 40 }, PREPARED, {}), 2],
    ['the next, when what comes before has trouble', line({ step: 'rests' }, {}), 1],
    ['by priority', line({}, { priority: -1 }, { priority: -2 }), 2],
    ['one that comes before what is ahead', line(PREPARED, { priority: -1 }), 1],
    ['one that comes before what is being prepared', line(RUNS, { priority: -1 }), 1],
    ['not a third, wherever it comes', line(RUNS, { ...RUNS, priority: -1 }, { priority: -2 }), undefined],
    ['none while cutting waits for what is encoded', line(ENCODING, HELD, {}), undefined],
    ['what is quick, beside the others', line(RUNS, {}, { isQuick: true }), 2],
    ['not two quick ones at a time', line(RUNS, { ...RUNS, isQuick: true }, { isQuick: true }), undefined],
    ['a film, while a quick one that comes before is done', line({ ...RUNS, isQuick: true }, {}), 1]
  ] as const)('%s', ([, films, index]) => {
    expect(nextInLine(films)).toBe(index === undefined ? undefined : `film-${index}`)
  })

  test.for([
    ['has nothing to do and cannot take what is ahead', line(PREPARED, told('w')), true],
    ['encodes faster than a film is analysed', line({ ...RUNS, hasDelivered: true, ...told('w') }, told('w')), true],
    ['waits for what is being prepared as well', line({ ...RUNS, ...told('w') }, told('w')), false],
    ['has something to do elsewhere', line({ ...ENCODING, askers: new Map([['w', false]]) }, RUNS, told('w')), false],
    ['could not take the only film that others hold up', line(HELD, told('w')), true],
    ['could take neither of two that are held up', line(HELD, HELD, told('w')), true]
  ] as const)('for a worker that %s: %s', ([, films, isGiven]) => {
    expect(nextInLine(films)).toBe(isGiven ? `film-${films.length - 1}` : undefined)
  })
})

const someFilm: fc.Arbitrary<Omit<FilmInLine, 'projectId'>> = fc.record({
  step: fc.constantFrom('asks', 'asks', 'runs', 'held', 'rests'),
  isQuick: fc.boolean(),
  priority: fc.integer({ min: -1, max: 1 }),
  createdAtMs: fc.nat(3),
  open: fc.nat(4),
  leased: fc.nat(4),
  isBegun: fc.boolean(),
  hasDelivered: fc.boolean(),
  askers: fc
    .uniqueArray(fc.tuple(fc.constantFrom('a', 'b'), fc.boolean()), { selector: ([id]) => id })
    .map((all) => new Map(all))
})
const someLine = fc.array(someFilm, { maxLength: 6 }).map((films) => line(...films.map((film) => ({ ...film }))))

test('the order is total, whatever order films are looked at in', () => {
  fc.assert(
    fc.property(someLine, (films) => {
      const sort = (some: readonly FilmInLine[]) => some.toSorted((a, b) => (comesBefore(a, b) ? -1 : 1))
      expect(sort(films.toReversed())).toEqual(sort(films))
      expect(nextInLine(films.toReversed())).toBe(nextInLine(films))
    })
  )
})

test('only one that asks is chosen, never one too many, and not before one that is sooner and as much wanted', () => {
  fc.assert(
    fc.property(someLine, (films) => {
      const next = films.find(({ projectId }) => projectId === nextInLine(films))
      if (next == null) return
      expect(next.step).toBe('asks')
      const inHand = films.filter(
        ({ step, isQuick }) => (step === 'runs' || step === 'held') && isQuick === next.isQuick
      )
      const running = inHand.filter(({ step }) => step === 'runs')
      expect(running.length).toBeLessThan(next.isQuick ? 1 : PREPARED_AT_A_TIME)
      const sooner = films.filter(
        (one) => one.step === 'asks' && one.isQuick === next.isQuick && comesBefore(one, next)
      )
      for (const one of sooner)
        expect([...next.askers].some(([id, waits]) => waits && one.askers.get(id) !== true)).toBe(true)
    }),
    { numRuns: 3000 }
  )
})

test('when nothing is prepared or being prepared, the first film is', () => {
  fc.assert(
    fc.property(someLine, (films) => {
      const idle = films.map((film) => ({
        ...film,
        open: 0,
        step: film.step === 'asks' ? film.step : ('rests' as const)
      }))
      const asks = idle.some(({ step }) => step === 'asks')
      expect(nextInLine(idle) !== undefined).toBe(asks)
    })
  )
})

describe('a swarm with a queue', () => {
  const init: fc.Arbitrary<ModelInit> = fc.record({
    films: fc.array(
      fc.record({
        scenes: fc.integer({ min: 1, max: 8 }),
        priority: fc.integer({ min: -1, max: 1 }),
        kind: fc.constantFrom('aom', 'svt', 'nobody')
      }),
      { minLength: 1, maxLength: 6 }
    ),
    workers: fc.array(fc.constantFrom('aom', 'svt', 'both'), { minLength: 1, maxLength: 4 }),
    quotaBytes: fc.constantFrom(0, 15, 40, 1_000_000),
    choices: fc.array(fc.nat(1000), { maxLength: 200 }),
    seed: fc.nat()
  })

  test('comes to its end whatever the quota is, with few films and pieces ahead', () => {
    fc.assert(
      fc.property(init, (given) => {
        const model = createLineModel(given)
        model.run()
        expect(model.stuck()).toEqual([])
        expect(model.runningMax).toBeLessThanOrEqual(PREPARED_AT_A_TIME)
        // Beyond the quota: of each film one piece to ask for, and one for each who asks or has one.
        const beyond = model.heldMax * (given.workers.length + 1) + 2 * given.workers.length
        expect(model.bytesMax).toBeLessThanOrEqual(given.quotaBytes + model.pieceBytes * (beyond + 2))
      }),
      { numRuns: 1500 }
    )
  })

  test('one film is ahead of what is encoded, as long as everybody can take everything', () => {
    const same = init.map((given) => ({
      ...given,
      quotaBytes: 1_000_000,
      films: given.films.map((film) => ({ ...film, scenes: film.scenes + 4, kind: 'aom' as const, priority: 0 })),
      workers: given.workers.map(() => 'aom' as const)
    }))
    fc.assert(
      fc.property(same, (given) => {
        const model = createLineModel(given)
        model.run()
        expect(model.stuck()).toEqual([])
        expect(model.aheadMax).toBeLessThanOrEqual(2)
      }),
      { numRuns: 500 }
    )
  })
})

describe('what the line looks at of a project', () => {
  const IN_LINE = { step: 'asks', isQuick: false, priority: 0, createdAtMs: 0 } as const

  test('scenes that anybody may claim, those at work, and who was told that there is none', () => {
    const bench = createOwnerBench([10, 10, 10])
    const lease = bench.claim('a')
    expect(filmInLine(bench.state, IN_LINE)).toMatchObject({ open: 2, leased: 1, isBegun: true, hasDelivered: false })
    bench.deliver(lease, 'a')
    bench.claim('a')
    bench.claim('b')
    bench.claim('c')
    const film = filmInLine(bench.state, IN_LINE)
    expect(film).toMatchObject({ open: 0, leased: 2, hasDelivered: true })
    expect([...film.askers]).toEqual([
      ['a', false],
      ['b', false],
      ['c', true]
    ])
  })

  test('a scene that waits for another machine, or for the same bytes as before, is for nobody', () => {
    const bench = createOwnerBench([10, 10], { self: OWNER })
    for (let attempt = 0; attempt < 3; attempt += 1) {
      bench.fail(bench.claimScene(WORKER, 0), WORKER)
      bench.tickAt(bench.now + 600_000)
    }
    expect(filmInLine(bench.state, IN_LINE).open).toBe(1)
    bench.send({ type: 'lost', scene: 1, ready: true, like: { build: BUILD, probe: PROBE.frames } })
    expect(filmInLine(bench.state, IN_LINE).open).toBe(0)
  })

  test('a worker that is refused, held off or away asks for nothing', () => {
    const bench = createOwnerBench([10])
    bench.claim('bad', false, { build: 'svt/1/2' })
    bench.claim('barred', false, { barredUntilMs: 1000 })
    bench.claim('gone')
    bench.send({ type: 'disconnected', worker: 'gone' })
    expect([...filmInLine(bench.state, IN_LINE).askers]).toEqual([])
  })
})

describe('what a film that waits for its turn says', () => {
  test.for([
    [0, 'waits for its turn: it is next'],
    [1, 'waits for its turn: 1 film before it'],
    [2, 'waits for its turn: 2 films before it'],
    [undefined, '']
  ] as const)('%s before it', ([before, reason]) => {
    const bench = createOwnerBench([])
    bench.send({ type: 'turn', before })
    expect(turnReason(bench.state)).toBe(reason)
  })

  test('nothing while scenes of it are worked on, while it has trouble, and after its end', () => {
    const open = createOwnerBench([10], { planned: false })
    open.send({ type: 'turn', before: 1 })
    expect(turnReason(open.state)).toBe('')
    const trouble = createOwnerBench([])
    trouble.send({ type: 'turn', before: 1 })
    trouble.send({ type: 'trouble', step: 'prepare', code: 'source-away', reason: 'gone' })
    expect(turnReason(trouble.state)).toBe('')
    const ended = createOwnerBench([])
    ended.send({ type: 'turn', before: 1 })
    ended.send({ type: 'ended' })
    expect(turnReason(ended.state)).toBe('')
  })

  test('that it is set aside, as long as nobody works on it; then it hands out its scenes', () => {
    const bench = createOwnerBench([10, 10], { making: MAKING })
    bench.claim('a')
    expect(bench.effects).toMatchObject([{ type: 'grant' }])
    bench.send({ type: 'aside', on: true })
    expect(turnReason(bench.state)).toBe('')
    bench.claim('b')
    expect(bench.effects).toMatchObject([{ type: 'no-work' }])
    const untouched = createOwnerBench([10], { making: MAKING })
    untouched.send({ type: 'aside', on: true })
    expect(turnReason(untouched.state)).toContain('is set aside')
    untouched.claim('a')
    expect(untouched.effects).toMatchObject([{ type: 'no-work', code: 'queued' }])
    untouched.send({ type: 'aside', on: false })
    expect(untouched.effects).toMatchObject([{ type: 'wake', worker: 'a' }])
    expect(turnReason(untouched.state)).toBe('')
  })

  test('a worker that asks is told so, one that fetches ahead is not, and both are woken by the first scene', () => {
    const bench = createOwnerBench([], { making: MAKING })
    bench.send({ type: 'turn', before: 2 })
    bench.claim('a')
    expect(bench.effects).toMatchObject([{ type: 'no-work', code: 'queued' }])
    bench.claim('b', true)
    expect(bench.effects).toMatchObject([{ type: 'no-work', code: 'none' }])
    bench.send({ type: 'turn', before: undefined })
    bench.send({ type: 'scene', frames: 10, accepted: false, ready: true })
    expect(bench.effects).toMatchObject([{ type: 'wake', worker: 'a' }])
  })

  test('films that are worked on sooner are before it, and those in hand; not those that are done or in trouble', () => {
    const films = line(ENCODING, { ...RUNS, priority: 9 }, {}, { priority: 1 }, { step: 'rests' }, {})
    expect(films.map((film) => countBefore(film, films))).toEqual([1, 5 - 1, 2, 4, 3, 3])
  })
})

describe('whether another piece may be cut', () => {
  const film = (open: number, leased: number, waiting: number) => ({
    open,
    leased,
    askers: new Map(Array.from({ length: waiting }, (_, index) => [`w${index}`, true] as const))
  })

  test.for([
    ['there is room', 99, 100, film(50, 0, 0), true],
    ['there is none', 100, 100, film(50, 0, 0), false],
    ['there is none, and nothing to claim', 100, 100, film(0, 0, 0), true],
    ['there is none, and one scene for each at work', 100, 100, film(3, 3, 0), true],
    ['there is none, and one scene more than are at work', 100, 100, film(4, 3, 0), false],
    ['somebody was told that there is none', 100, 100, film(4, 3, 1), true],
    ['nothing may be kept', 0, 0, film(1, 0, 0), false]
  ] as const)('%s', ([, bytes, quotaBytes, one, may]) => {
    expect(mayCutPiece({ bytes, quotaBytes, film: one })).toBe(may)
  })
})
