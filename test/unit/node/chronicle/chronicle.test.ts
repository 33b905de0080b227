import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openDatabase, type ChronicleRepository, type StoredChronicle } from '../../../../src/storage/index.ts'
import { createChronicle } from '../../../../src/node/chronicle/index.ts'
import { nodeOf, peerOf } from '../../../fixtures/web-data.ts'
import { tempDir } from '../../../fixtures/temp-dir.ts'
import type { ProjectSnapshot } from '../../../../src/api/ports.ts'

const log = { warn: () => {} }

/** On the disk of a test: what one chronicle wrote another reads. */
function memoryRepository(stored = new Map<string, StoredChronicle>()): ChronicleRepository {
  return {
    put: async (entry) => void stored.set(`${entry.kind}${entry.number}`, entry),
    delete: async ({ kind, number }) => void stored.delete(`${kind}${number}`),
    all: async (kind) =>
      [...stored.values()].filter((entry) => entry.kind === kind).toSorted((a, b) => a.number - b.number)
  }
}

const sources = (fps: number) => ({
  node: { status: () => nodeOf({ fps }), peers: () => [peerOf({ fps })] },
  projects: { list: (): ProjectSnapshot[] => [] }
})

describe('the chronicle', () => {
  test('is there again after a restart, from LevelDB, and goes on counting', async () => {
    const database = await openDatabase(join(await tempDir(), 'db'))
    onTestFinished(database.close)
    const first = createChronicle({ repository: database.chronicle, log }, () => 1000)
    await first.load()
    first.note({ kind: 'accepted', text: 'film.mkv scene 1: accepted', projectId: 'p', scene: 0, peerId: 'w' })
    first.note({ kind: 'peer-came', text: 'kitchen came' })
    first.sample(sources(3))
    await first.stop()
    const second = createChronicle({ repository: database.chronicle, log }, () => 2000)
    await second.load()
    second.note({ kind: 'peer-went', text: 'kitchen went' })
    await second.stop()
    expect(second.events().map(({ number, atMs, text }) => [number, atMs, text])).toEqual([
      [1, 1000, 'film.mkv scene 1: accepted'],
      [2, 1000, 'kitchen came'],
      [3, 2000, 'kitchen went']
    ])
    expect(second.samples()).toEqual(first.samples())
  })

  test('has a bound, in memory and on the disk', async () => {
    const stored = new Map<string, StoredChronicle>()
    let now = 0
    const chronicle = createChronicle({ repository: memoryRepository(stored), log }, () => (now += 60_000))
    for (let n = 0; n < 3100; n += 1) chronicle.note({ kind: 'peer-came', text: `${n}` })
    for (let n = 0; n < 2900; n += 1) chronicle.sample(sources(1))
    await chronicle.stop()
    expect([chronicle.events().length, chronicle.samples().length, stored.size]).toEqual([3000, 2880, 5880])
    expect(chronicle.events()[0]?.text).toBe('100')
  })

  test('samples of a clock that was years ahead are dropped at the next start, so that others are taken again', async () => {
    const stored = new Map<string, StoredChronicle>()
    const open = (now: number) => createChronicle({ repository: memoryRepository(stored), log }, () => now)
    for (const now of [60_000, 9e12]) {
      const wrong = open(now)
      await wrong.load()
      wrong.sample(sources(1))
      await wrong.stop()
    }
    const mended = open(120_000)
    await mended.load()
    mended.sample(sources(2))
    await mended.stop()
    expect(mended.samples().map(({ atMs }) => atMs)).toEqual([60_000, 120_000])
    expect([...stored.keys()]).toEqual(['sample60000', 'sample120000'])
  })

  test('an idle node notes once that it is idle', () => {
    let now = 0
    const chronicle = createChronicle({ repository: memoryRepository(), log }, () => (now += 60_000))
    for (const fps of [0, 0, 2, 3, 0, 0, 0, 1]) chronicle.sample(sources(fps))
    expect(chronicle.samples().map(({ fps }) => Object.values(fps)[0])).toEqual([2, 3, 0, 1])
  })

  test('what cannot be read is removed, and what cannot be written stops nobody', async () => {
    const stored = new Map<string, StoredChronicle>([['event1', { kind: 'event', number: 1, value: { number: 1 } }]])
    const repository = memoryRepository(stored)
    const chronicle = createChronicle({ repository, log })
    await chronicle.load()
    await chronicle.stop()
    expect([chronicle.events(), stored.size]).toEqual([[], 0])
    const told: unknown[] = []
    const full = createChronicle({
      repository: { ...repository, put: async () => Promise.reject(new Error('no space')) },
      log: { warn: (...line: unknown[]) => told.push(line) }
    })
    for (const text of ['a', 'b']) full.note({ kind: 'submitted', text })
    await full.stop()
    expect([full.events().length, told.length]).toEqual([2, 1])
  })
})
