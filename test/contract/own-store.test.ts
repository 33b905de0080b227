import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createOwnStore, type OwnStore } from '../../src/storage/index.ts'
import { createMemoryOwnStore, type StoredOwn } from '../fixtures/memory-own-store.ts'
import { tempDir } from '../fixtures/temp-dir.ts'

interface Opened {
  readonly store: OwnStore
  readonly restart: () => Promise<Opened>
}

async function openFiles(folder?: string): Promise<Opened> {
  const path = folder ?? join(await tempDir(), 'own')
  const store = await createOwnStore(path)
  onTestFinished(store.close)
  return {
    store,
    restart: async () => {
      await store.close()
      return openFiles(path)
    }
  }
}

async function openMemory(stored: StoredOwn = { jobs: new Map(), logs: new Map() }): Promise<Opened> {
  return { store: createMemoryOwnStore(stored), restart: async () => openMemory(stored) }
}

const IMPLEMENTATIONS = [
  { name: 'files', open: async () => openFiles() },
  { name: 'memory', open: async () => openMemory() }
]
const record = (text: string): Uint8Array => new Uint8Array(Buffer.from(text))
const texts = (records: readonly Uint8Array[]): string[] => records.map((one) => Buffer.from(one).toString())
const ids = async (store: OwnStore): Promise<string[]> => (await store.all()).map((one) => one.projectId).toSorted()

describe.for(IMPLEMENTATIONS)('$name', ({ open }) => {
  test('a job comes back as it was put, the last one of each project, after a restart too', async () => {
    const { store, restart } = await open()
    const job = { source: '/ä/"x".mkv', depth: [1, { two: null }] }
    await store.put({ projectId: 'a', job: {}, timestampsMs: undefined })
    await store.put({ projectId: 'a', job, timestampsMs: [0, 41.708_333_333, 83] })
    await store.put({ projectId: 'b', job: 'text', timestampsMs: undefined })
    const { store: again } = await restart()
    expect((await again.all()).toSorted((a, b) => a.projectId.localeCompare(b.projectId))).toEqual([
      { projectId: 'a', job, timestampsMs: [0, 41.708_333_333, 83] },
      { projectId: 'b', job: 'text', timestampsMs: undefined }
    ])
  })

  test('records come back in the order of appending, each project its own', async () => {
    const { store, restart } = await open()
    expect(await store.records('a')).toEqual([])
    await Promise.all(['0', '1', '2', '3'].map(async (one) => store.append('a', record(one))))
    await store.append('aa', record('other'))
    const { store: again } = await restart()
    expect(texts(await again.records('a'))).toEqual(['0', '1', '2', '3'])
    await again.append('a', record('4'))
    expect(texts(await again.records('a'))).toEqual(['0', '1', '2', '3', '4'])
    await again.append('a', record('5'))
    expect(texts(await again.records('a'))).toEqual(['0', '1', '2', '3', '4', '5'])
    expect(texts(await again.records('aa'))).toEqual(['other'])
  })

  test('names every project that has a job or records, and knows how long the records are', async () => {
    const { store, restart } = await open()
    expect([await store.projects(), await store.journalBytes('a')]).toEqual([[], 0])
    await store.put({ projectId: 'a', job: {}, timestampsMs: undefined })
    await store.append('b', record('1'))
    const before = await store.journalBytes('b')
    await store.append('b', record('2'))
    const { store: again } = await restart()
    expect([...(await again.projects())].toSorted()).toEqual(['a', 'b'])
    expect(await again.journalBytes('a')).toBe(0)
    expect(await again.journalBytes('b')).toBe(2 * before)
  })

  test('every byte value, a long record, and none of no bytes', async () => {
    const { store } = await open()
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index)
    const long = new Uint8Array(300_000).fill(7)
    await store.append('a', bytes)
    await store.append('a', long)
    await expect(store.append('a', new Uint8Array())).rejects.toThrow(RangeError)
    const [first, second] = await store.records('a')
    expect(first).toEqual(bytes)
    expect(Buffer.from(long).equals(second ?? record(''))).toBe(true)
  })

  test('what is deleted is gone with its records, and may begin anew', async () => {
    const { store, restart } = await open()
    for (const projectId of ['a', 'b']) {
      await store.put({ projectId, job: {}, timestampsMs: undefined })
      await store.append(projectId, record(projectId))
    }
    await store.delete('a')
    await store.delete('never')
    expect(await ids(store)).toEqual(['b'])
    expect(await store.records('a')).toEqual([])
    await store.append('a', record('anew'))
    const { store: again } = await restart()
    expect(await ids(again)).toEqual(['b'])
    expect(texts(await again.records('a'))).toEqual(['anew'])
    expect(texts(await again.records('b'))).toEqual(['b'])
  })
})
