import { assert, asyncProperty, nat, uniqueArray } from 'fast-check'
import { expect, test } from 'vitest'
import { completeJournal, restoreOwnLogs, type LogRepository, type OwnStore } from '../../../src/storage/index.ts'
import { createMemoryLogStore } from '../../fixtures/memory-log-store.ts'
import { createMemoryOwnStore } from '../../fixtures/memory-own-store.ts'

const RECORDS = 12
const record = (seq: number): Uint8Array => new Uint8Array(Buffer.from(`record ${seq}`))
const texts = (records: readonly Uint8Array[]): string[] => records.map((one) => Buffer.from(one).toString())
const whole = (records: number): string[] => texts(Array.from({ length: records }, (_, seq) => record(seq)))
const ALL = { recordsMax: 1000, bytesMax: 1e9 }

/** A journal with its first records, and a database with some of all. */
async function bench(journal: number, inDatabase: readonly number[]): Promise<{ own: OwnStore; log: LogRepository }> {
  const own = createMemoryOwnStore()
  const log = createMemoryLogStore()
  await own.put({ projectId: 'p', job: {}, timestampsMs: undefined })
  for (let seq = 0; seq < journal; seq += 1) await own.append('p', record(seq))
  for (const seq of inDatabase) await log.append('p', seq, record(seq), { durable: false })
  return { own, log }
}

test('whatever the database lost of what the journal has is put back', async () => {
  await assert(
    asyncProperty(nat(RECORDS), uniqueArray(nat(RECORDS - 1)), async (journal, inDatabase) => {
      const { own, log } = await bench(journal, inDatabase)
      const restored = await restoreOwnLogs({ own, log })
      expect(texts(await log.range('p', 0, ALL)).slice(0, journal)).toEqual(whole(journal))
      expect(texts(await own.records('p'))).toEqual(whole(journal))
      const isLost = Array.from({ length: journal }, (_, seq) => seq).some((seq) => !inDatabase.includes(seq))
      expect(restored.has('p')).toBe(isLost)
      expect((await restoreOwnLogs({ own, log })).size).toBe(0)
    })
  )
})

test('whatever the journal lost of what the database has is added, once, and only as far as the log is a chain', async () => {
  const inDatabase = [0, 1, 2, 3, 4, 5, 9]
  const { own, log } = await bench(2, inDatabase)
  expect(await completeJournal({ own, log }, 'p', 6)).toBe(4)
  expect(texts(await own.records('p'))).toEqual(whole(6))
  expect(await completeJournal({ own, log }, 'p', 6)).toBe(0)
  expect(await completeJournal({ own, log }, 'p', 3)).toBe(0)
  expect(texts(await own.records('p'))).toEqual(whole(6))
})

test("a database with another record in a place gets the journal's", async () => {
  const { own, log } = await bench(3, [0, 1, 2])
  await log.append('p', 1, record(7), { durable: false })
  expect([...(await restoreOwnLogs({ own, log }))]).toEqual([['p', 2]])
  expect(texts(await log.range('p', 0, ALL))).toEqual(whole(3))
})

test('logs of others are left alone', async () => {
  const { own, log } = await bench(2, [])
  await log.append('theirs', 4, record(4), { durable: false })
  await restoreOwnLogs({ own, log })
  expect(texts(await log.range('theirs', 0, ALL))).toEqual(texts([record(4)]))
})
