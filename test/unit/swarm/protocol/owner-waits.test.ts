import { describe, expect, test } from 'vitest'
import { canRetry, DEFAULT_TIMING, waitOf, type Maker } from '../../../../src/swarm/protocol/index.ts'
import { BUILD, createOwnerBench, MAKER, MAKING, PROBE } from '../../../fixtures/owner-bench.ts'
import { hashNo } from '../../../fixtures/protocol-samples.ts'

const { attemptsMax } = DEFAULT_TIMING
const OTHER = { build: BUILD, probe: { ...PROBE, frames: hashNo(7) } }
const OTHERS: Maker = { build: BUILD, probe: OTHER.probe.frames }

type Bench = ReturnType<typeof createOwnerBench>

/** A project that takes any build, with a scene for each of these makers; undefined where any will do. */
function mixed(likes: readonly (Maker | undefined)[]): Bench {
  const bench = createOwnerBench([], { making: { ...MAKING, builds: 'compatible' }, planned: false })
  for (const like of likes) bench.send({ type: 'scene', frames: 10, accepted: false, ready: true, like })
  bench.send({ type: 'planned' })
  return bench
}

function join(bench: Bench, worker: string, claim = {}): void {
  bench.send({ type: 'connected', worker })
  const grant = bench.claim(worker, false, claim)
  bench.fail(grant, worker, 'left')
}

describe('what has to come out as an absent maker makes it [RULE 74]', () => {
  test('waits, and says for whom, until that one is back', () => {
    const bench = mixed([OTHERS, OTHERS])
    join(bench, 'a')
    expect(waitOf(bench.state)).toEqual({
      code: 'other-maker',
      detail: BUILD,
      reason: `2 scenes can only be encoded by a machine that produces the same bytes as before (${BUILD}), and none is connected; start it again`
    })
    bench.send({ type: 'connected', worker: 'b' })
    // Who has not said what it encodes with may be the one.
    expect(waitOf(bench.state)).toBeUndefined()
    bench.send({ type: 'disconnected', worker: 'b' })
    expect(waitOf(bench.state)?.code).toBe('other-maker')
  })

  test('does not wait while the maker is there, or the scene is with somebody', () => {
    const bench = mixed([OTHERS])
    join(bench, 'a')
    bench.send({ type: 'connected', worker: 'b' })
    const grant = bench.claim('b', false, OTHER)
    expect(waitOf(bench.state)).toBeUndefined()
    bench.send({ type: 'disconnected', worker: 'b' })
    expect(waitOf(bench.state)).toBeUndefined()
    bench.fail(grant, 'b', 'left')
    expect(waitOf(bench.state)?.code).toBe('other-maker')
  })

  test('one who is refused is nobody', () => {
    const bench = mixed([OTHERS])
    join(bench, 'a')
    bench.send({ type: 'connected', worker: 'b' })
    bench.claim('b', false, { build: 'svt/1.4.1/00000000' })
    expect(waitOf(bench.state)?.code).toBe('other-maker')
  })

  test('says nothing while any scene is left that somebody here could take', () => {
    const bench = mixed([OTHERS, undefined])
    join(bench, 'a')
    expect(waitOf(bench.state)).toBeUndefined()
    bench.deliver(bench.claim('a'), 'a')
    expect(waitOf(bench.state)?.code).toBe('other-maker')
  })

  test('of the owner’s own bytes is awaited only beside others: with nobody there any machine will do', () => {
    const bench = mixed([MAKER])
    expect(waitOf(bench.state)).toBeUndefined()
    expect(canRetry(bench.state)).toBe(false)
    join(bench, 'b', OTHER)
    expect(waitOf(bench.state)?.code).toBe('other-maker')
    expect(canRetry(bench.state)).toBe(false)
  })

  test('both kinds of waiting are said', () => {
    const bench = mixed([OTHERS, undefined])
    bench.send({ type: 'connected', worker: 'a' })
    for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
      bench.fail(bench.claim('a'), 'a')
      bench.tickAt(bench.now + 10_000)
    }
    const wait = waitOf(bench.state)
    expect(wait).toMatchObject({ code: 'other-machine', detail: 'broken' })
    expect(canRetry(bench.state)).toBe(true)
    expect(wait?.reason).toMatch(
      /^1 scene failed on the only machine that tried, and waits .*; 1 scene can only be encoded/
    )
  })

  test('without its piece it waits for that, and the project for nobody', () => {
    const bench = mixed([OTHERS])
    join(bench, 'a')
    bench.send({ type: 'lost', scene: 0, ready: false, like: OTHERS })
    expect(waitOf(bench.state)).toBeUndefined()
  })
})
