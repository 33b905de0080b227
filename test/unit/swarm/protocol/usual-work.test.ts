import { expect, test } from 'vitest'
import { noteWork, type UsualWork } from '../../../../src/swarm/protocol/usual-work.ts'
import { hashNo, WORKER } from '../../../fixtures/protocol-samples.ts'

const FRAMES = 100

/** What was noted so far. */
function createUsualWork() {
  let usual: UsualWork = new Map()
  return {
    oddity: (result: Parameters<typeof noteWork>[1], frames: number, odd?: string, tools: readonly string[] = []) => {
      const noted = noteWork(usual, result, frames, { odd, tools })
      usual = noted.usual
      return noted.odd
    }
  }
}

function resultOf(msPerFrame: number, bytesPerFrame: number, worker = WORKER) {
  return { blob: { sha256: hashNo(1), bytes: bytesPerFrame * FRAMES }, worker, encodeMs: msPerFrame * FRAMES }
}

function told(...results: readonly (readonly [ms: number, bytes: number])[]): (string | undefined)[] {
  const usual = createUsualWork()
  return results.map(([ms, bytes]) => usual.oddity(resultOf(ms, bytes), FRAMES, undefined))
}

const NORMAL = [20, 1000] as const

test('a result is unusual that took less than half of the least so far', () => {
  expect(told(NORMAL, NORMAL, NORMAL, [11, 1000], [5, 1000]).at(-1)).toBe(
    'it took 5 ms for a frame, and its worker was never faster than 11 ms'
  )
})

test('a result is unusual that has less than half of the fewest bytes so far', () => {
  expect(told(NORMAL, NORMAL, NORMAL, [20, 499]).at(-1)).toBe(
    "it has 499 bytes for a frame, and its worker's smallest had 1000"
  )
})

test('slow and large results, and the first few, are not unusual', () => {
  expect(told(NORMAL, [1, 10], [0.1, 1], [500, 90_000])).toEqual([undefined, undefined, undefined, undefined])
})

test('of one worker, few results are called unusual', () => {
  const shrinking = Array.from({ length: 40 }, (_, n) => [20 / 3 ** n, 1000] as const)
  expect(told(...shrinking).filter((words) => words !== undefined).length).toBeLessThanOrEqual(3)
})

test('a worker is compared with itself only', () => {
  const usual = createUsualWork()
  for (let n = 0; n < 5; n += 1) usual.oddity(resultOf(...NORMAL), FRAMES, undefined)
  expect(usual.oddity(resultOf(1, 10, 'another'), FRAMES, undefined)).toBeUndefined()
})

test('what is unusual by itself counts from the first result on, and not for ever', () => {
  const usual = createUsualWork()
  const words = Array.from({ length: 60 }, () => usual.oddity(resultOf(...NORMAL), FRAMES, 'odd'))
  expect(words[0]).toBe('odd')
  expect(words.filter((one) => one === 'odd').length).toBe(3)
})

test('a result is unusual whose frames have tools that the results before had not', () => {
  const usual = createUsualWork()
  const tools = (...names: string[]): string | undefined => usual.oddity(resultOf(...NORMAL), FRAMES, undefined, names)
  expect([tools('a'), tools('a'), tools()]).toEqual([undefined, undefined, undefined])
  expect(tools('a', 'b')).toBe("it has frames with b, which its worker's results never had")
  // Once it was proved, or of too many, it is usual.
  expect(tools('b')).toBeUndefined()
})
