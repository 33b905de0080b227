import { expect, test } from 'vitest'
import { AttemptBook } from '../../../../src/node/history/attempt-book.ts'
import { attemptOf } from '../../../fixtures/attempts.ts'

const KiB = 1024
const ROOM = { bytesMax: 64 * KiB, projectBytesMax: 32 * KiB }

test('the oldest of a project go when it takes too much, and whoever keeps them on disk is told', () => {
  const dropped: number[] = []
  const book = new AttemptBook({ ...ROOM, onDrop: ({ scene }) => dropped.push(scene) })
  for (let scene = 0; scene < 1000; scene += 1) book.put(attemptOf({ scene, changedAtMs: scene }))
  const left = [...book.all()].map(({ scene }) => scene)
  expect(left.length * 500).toBeLessThanOrEqual(ROOM.projectBytesMax)
  expect(left.length).toBeGreaterThan(50)
  expect([...dropped, ...left]).toEqual(Array.from({ length: 1000 }, (_, scene) => scene))
  expect(book.of(left[0] === undefined ? '' : attemptOf().projectId, dropped[0] ?? 0)).toEqual([])
})

test('with many projects the one that is oldest gives way', () => {
  const book = new AttemptBook(ROOM)
  for (let n = 0; n < 20; n += 1)
    for (let scene = 0; scene < 10; scene += 1)
      book.put(attemptOf({ projectId: `p${n}`, scene, changedAtMs: n * 100 + scene }))
  const left = [...book.all()]
  expect(left.length * 500).toBeLessThanOrEqual(ROOM.bytesMax)
  expect(left.some(({ projectId }) => projectId === 'p0')).toBe(false)
  expect(left.filter(({ projectId }) => projectId === 'p19')).toHaveLength(10)
})

test('long reasons count, and are cut', () => {
  const book = new AttemptBook(ROOM)
  for (let scene = 0; scene < 100; scene += 1)
    book.put(attemptOf({ scene, verdict: 'failed', reason: 'x'.repeat(100_000) }))
  const left = [...book.all()]
  expect(Math.max(...left.map(({ reason }) => reason.length))).toBeLessThanOrEqual(2000)
  expect(left.length).toBeLessThan(8)
})

test('one scene keeps its last attempts only', () => {
  const book = new AttemptBook(ROOM)
  for (let attempt = 0; attempt < 40; attempt += 1) book.put(attemptOf({ scene: 1, attempt }))
  expect(book.of(attemptOf().projectId, 1).map(({ attempt }) => attempt)).toEqual(
    Array.from({ length: 32 }, (_, n) => n + 8)
  )
  expect(book.open(attemptOf().projectId)).toHaveLength(32)
})

test('a note of another worker with the same token changes nothing', () => {
  const book = new AttemptBook(ROOM)
  const known = book.put(attemptOf())
  const note = { type: 'ended', verdict: 'failed', token: known, worker: 'other', reason: '' } as const
  expect(book.note(note, 5)).toBeUndefined()
  expect(book.of(known.projectId, known.scene)).toEqual([known])
})

test('a project has another revision after each change, and none twice', () => {
  const book = new AttemptBook(ROOM)
  const { projectId } = attemptOf()
  const seen = [book.revision(projectId)]
  const look = (): void => void seen.push(book.revision(projectId))
  book.put(attemptOf({ scene: 1 }))
  look()
  book.put(attemptOf({ scene: 1, verdict: 'accepted' }))
  look()
  book.put(attemptOf({ projectId: 'another' }))
  expect(book.revision(projectId)).toBe(seen.at(-1))
  book.forget(projectId)
  expect(book.revision(projectId)).toBe(0)
  book.put(attemptOf({ scene: 1 }))
  look()
  for (let scene = 0; scene < 1000; scene += 1) book.put(attemptOf({ scene }))
  look()
  expect(new Set(seen).size).toBe(seen.length)
})
