import { describe, expect, test } from 'vitest'
import type { LogStore } from '../../src/swarm/index.ts'
import { createMemoryLogStore, type StoredLogs, type StoredProofs } from '../fixtures/memory-log-store.ts'
import { inLevel, inMemory } from '../fixtures/restartable-store.ts'

const IMPLEMENTATIONS = [
  { name: 'level', open: async () => inLevel<LogStore>(({ log }) => log) },
  {
    name: 'memory',
    open: async () => {
      const stored: StoredLogs = new Map()
      const proofs: StoredProofs = new Map()
      return inMemory<LogStore>(() => createMemoryLogStore(stored, proofs))
    }
  }
]
/** Ids that differ in the last letter or are one another's beginning. */
const [A, B, AA] = ['aaaaaaaaaaaaaaaaaaaaaaaaaa', 'aaaaaaaaaaaaaaaaaaaaaaaaab', 'aaaaaaaaaaaaa']

const envelope = (text: string, bytes = text.length): Uint8Array => new Uint8Array(Buffer.from(text.padEnd(bytes, '.')))
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString()
const ALL = { recordsMax: 1000, bytesMax: 1e9 }

describe.for(IMPLEMENTATIONS)('$name', ({ open }) => {
  test('keeps the order of seq, whatever the order of writing', async () => {
    const { store } = await open()
    for (const seq of [2, 10, 0, 9, 1, 100, 99, 123_456])
      await store.append(A, seq, envelope(`${seq}`), { durable: false })
    const order = [0, 1, 2, 9, 10, 99, 100, 123_456].map(String)
    expect((await store.range(A, 0, ALL)).map(text)).toEqual(order)
    const seen: string[] = []
    for await (const record of store.all()) seen.push(text(record.envelope))
    expect(seen).toEqual(order)
  })

  test('leaves out what is known, up to its number', async () => {
    const { store } = await open()
    for (const id of [B, A, AA])
      for (const seq of [0, 1, 2]) await store.append(id, seq, envelope(`${id} ${seq}`), { durable: false })
    const known = new Map([
      [B, 2],
      [AA, 0],
      ['unknown', 7]
    ])
    const seen: string[] = []
    for await (const record of store.all(known)) seen.push(text(record.envelope))
    expect(seen).toEqual([`${AA} 1`, `${AA} 2`, `${A} 0`, `${A} 1`, `${A} 2`])
  })

  test('projects do not mix', async () => {
    const { store } = await open()
    for (const id of [B, A, AA])
      for (const seq of [0, 1]) await store.append(id, seq, envelope(`${id}${seq}`), { durable: true })
    expect((await store.range(A, 0, ALL)).map(text)).toEqual([`${A}0`, `${A}1`])
    expect((await store.range(AA, 1, ALL)).map(text)).toEqual([`${AA}1`])
    expect(await store.range('unknown', 0, ALL)).toEqual([])
    const seen: string[] = []
    for await (const record of store.all()) {
      expect(text(record.envelope).startsWith(record.projectId)).toBe(true)
      seen.push(record.projectId)
    }
    expect(seen).toEqual([AA, AA, A, A, B, B])
  })

  test('a range begins where it is told and stops at its limits, with one record at least', async () => {
    const { store } = await open()
    for (let seq = 0; seq < 10; seq += 1) await store.append(A, seq, envelope(`${seq}`, 100), { durable: false })
    const range = async (from: number, recordsMax: number, bytesMax: number): Promise<string> =>
      (await store.range(A, from, { recordsMax, bytesMax })).map((one) => text(one).slice(0, 1)).join('')
    expect(await range(3, 4, 1e9)).toBe('3456')
    expect(await range(8, 4, 1e9)).toBe('89')
    expect(await range(10, 4, 1e9)).toBe('')
    expect(await range(0, 100, 300)).toBe('012')
    expect(await range(0, 100, 299)).toBe('01')
    expect(await range(5, 100, 1)).toBe('5')
  })

  test('bytes come back as they went, and writing a record again replaces it', async () => {
    const { store } = await open()
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index)
    await store.append(A, 0, envelope('old'), { durable: false })
    await store.append(A, 0, bytes, { durable: true })
    const [back] = await store.range(A, 0, ALL)
    expect(Uint8Array.from(back ?? [])).toEqual(bytes)
  })

  test('a restart keeps everything', async () => {
    const { store, restart } = await open()
    for (let seq = 0; seq < 50; seq += 1) await store.append(A, seq, envelope(`${seq}`), { durable: seq % 2 === 0 })
    const { store: again } = await restart()
    expect(await again.range(A, 0, ALL)).toHaveLength(50)
    await again.append(A, 50, envelope('50'), { durable: true })
    expect((await again.range(A, 49, ALL)).map(text)).toEqual(['49', '50'])
  })

  test('more records than are read in one go, each once and in order', async () => {
    const { store } = await open()
    const counts = { [A]: 300, [B]: 256 }
    for (const [id, count] of Object.entries(counts))
      for (let seq = 0; seq < count; seq += 1) await store.append(id, seq, envelope(`${seq}`), { durable: false })
    const seen: string[] = []
    for await (const record of store.all()) seen.push(`${record.projectId}${text(record.envelope)}`)
    expect(seen).toEqual(Object.entries(counts).flatMap(([id, n]) => Array.from({ length: n }, (_, i) => `${id}${i}`)))
  })

  test('keeps the records it is told to and nothing else of that project', async () => {
    const { store, restart } = await open()
    for (const id of [A, AA, B])
      for (const seq of [0, 1, 2, 11, 12]) await store.append(id, seq, envelope(`${seq}`), { durable: false })
    await store.keepOnly(A, [0, 12, 99])
    await store.keepOnly('unknown', [0])
    const { store: again } = await restart()
    expect((await again.range(A, 0, ALL)).map(text)).toEqual(['0', '12'])
    expect(await again.range(AA, 0, ALL)).toHaveLength(5)
    expect(await again.range(B, 0, ALL)).toHaveLength(5)
  })

  test('a proof is the first pair, stays over a restart, and goes with its project', async () => {
    const { store, restart } = await open()
    expect(await store.proofs()).toEqual([])
    await store.putProof(A, envelope('first'), envelope('another'))
    await store.putProof(A, envelope('third'), envelope('fourth'))
    await store.putProof(B, envelope(''), envelope('x'))
    const { store: again } = await restart()
    const proofs = (await again.proofs()).map((one) => [one.projectId, text(one.first), text(one.second)])
    expect(proofs).toEqual([
      [A, 'first', 'another'],
      [B, '', 'x']
    ])
    for (const id of [A, AA]) await again.append(id, 0, envelope('0'), { durable: true })
    await again.delete(A)
    await again.delete('unknown')
    expect((await again.proofs()).map((one) => one.projectId)).toEqual([B])
    expect(await again.range(A, 0, ALL)).toEqual([])
    expect(await again.range(AA, 0, ALL)).toHaveLength(1)
  })
})
