import { describe, expect, test } from 'vitest'
import { createIdleBook } from '../../../../src/node/worker/idle-book.ts'
import type { JudgedProject } from '../../../../src/node/worker/candidates.ts'
import type { IdleCode, IdleReason } from '../../../../src/swarm/protocol/index.ts'
import { viewOf } from '../../../fixtures/api-bench.ts'
import { OWNER, PROJECT, WORKER } from '../../../fixtures/protocol-samples.ts'

const NOBODY = new Set<string>()

interface Given {
  readonly projectId?: string
  readonly title?: string
  readonly priority?: number
  readonly detail?: string
}

function judged(code: IdleCode | undefined, given: Given = {}): JudgedProject {
  const { projectId = PROJECT, title = 'film.mkv', priority = 0, detail = '' } = given
  const view = viewOf({ projectId })
  const reason: IdleReason | undefined = code == null ? undefined : { code, detail }
  return {
    view: { ...view, priority, announce: { ...view.announce, title } },
    slotsMax: 1,
    probed: true,
    isCandidate: false,
    reason
  }
}

function bench(self = WORKER) {
  const lines: Record<string, unknown>[] = []
  const log = { info: (fields: object, message: string) => void lines.push({ ...fields, message }) }
  return { lines, book: createIdleBook({ self, log }) }
}

describe('the log', () => {
  test('a reason that has held for a while is said once for a film, at info, with its clean title', () => {
    const { lines, book } = bench()
    const other = judged('other-build', { title: 'a\u001b[2J.mkv', detail: 'aom/3.12.1/bc870609' })
    book.note([other], NOBODY, 0)
    book.tick(4_999)
    expect(lines).toEqual([])
    book.note([other], NOBODY, 4_999)
    book.tick(5_000)
    book.tick(6_000)
    expect(lines).toEqual([
      {
        message: 'idle for a film',
        projectId: PROJECT,
        owner: OWNER,
        title: 'a?[2J.mkv',
        code: 'other-build',
        reason: 'needs aom 3.6.0 (1f2e3d4c), and this node has aom 3.12.1 (bc870609)'
      }
    ])
    // Paused in between: that is another reason, and the first is known.
    for (const [at, code] of [
      [10_000, 'paused'],
      [20_000, 'other-build'],
      [30_000, 'paused']
    ] as const) {
      book.note([judged(code)], NOBODY, at)
      book.tick(at + 5_000)
    }
    expect(lines.map(({ code }) => code)).toEqual(['other-build', 'paused'])
  })

  test('what comes and goes at a start is not said', () => {
    const { lines, book } = bench()
    book.note([judged('owner-away')], NOBODY, 0)
    book.note([judged(undefined)], NOBODY, 3_000)
    book.tick(60_000)
    expect(lines).toEqual([])
  })

  test('of hundreds of films that strangers announce a few are named at once', () => {
    const { lines, book } = bench()
    const many = Array.from({ length: 500 }, (_, n) => judged('untrusted-owner', { projectId: `p${n}` }))
    book.note(many, NOBODY, 0)
    for (let at = 5_000; at < 6_000; at += 10) book.tick(at)
    expect(lines.length).toBeGreaterThanOrEqual(50)
    expect(lines.length).toBeLessThan(60)
  })
})

describe('what is shown', () => {
  test('the reason in words, the same object while it is the same; nothing of what is at work here', () => {
    const { book } = bench()
    book.note([judged('paused')], NOBODY, 0)
    const first = book.of(PROJECT)
    expect(first).toEqual({
      projectId: PROJECT,
      code: 'paused',
      detail: '',
      reason: 'this node is paused (`grav1 resume` ends it)'
    })
    book.note([judged('paused')], NOBODY, 1)
    expect(book.of(PROJECT)).toBe(first)
    expect(book.list()).toEqual([first])
    book.note([judged('paused')], new Set([PROJECT]), 2)
    expect([book.of(PROJECT), book.list()]).toEqual([undefined, []])
    book.note([judged(undefined)], NOBODY, 3)
    expect(book.of(PROJECT)).toBeUndefined()
  })

  test('others are told what they cannot see, strangers last, and nothing of own films', () => {
    const { book } = bench()
    const all = [
      judged('untrusted-owner', { projectId: 'a', priority: -9 }),
      judged('memory', { projectId: 'b', detail: 'm' }),
      judged('other-build', { projectId: 'c' }),
      judged('parameters', { projectId: 'd', priority: -1, detail: 'p' })
    ]
    book.note(all, NOBODY, 0)
    expect(book.told()).toEqual([
      { projectId: 'd', code: 'parameters', detail: 'p' },
      { projectId: 'b', code: 'memory', detail: 'm' },
      { projectId: 'a', code: 'untrusted-owner', detail: '' }
    ])
    const own = bench(OWNER)
    own.book.note(all, NOBODY, 0)
    expect(own.book.told()).toEqual([])
  })
})
