import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { printRecords } from '../../../src/node/cli/commands/debug-log.ts'
import { openDatabase, type Database } from '../../../src/storage/index.ts'
import { announceIn, bookOn, newDisk, newSigner, update } from '../../fixtures/log-bench.ts'
import { fakeIo } from '../../unit/node/cli/fixtures.ts'
import { tempDir } from '../../fixtures/temp-dir.ts'

/** A database with a project of three records and one of its announcement only, that stays open as that of a running node. */
async function filled() {
  const folder = join(await tempDir(), 'db')
  const database = await openDatabase(folder)
  onTestFinished(async () => database.close())
  const signer = await newSigner()
  const book = bookOn(newDisk(), signer, () => ({ store: database.log }))
  const id = await announceIn(book, signer)
  for (const priority of [3, -1]) await book.append(id, 1, update(priority))
  const other = await announceIn(book, signer)
  return { folder, database, id, other, owner: signer.peerId }
}

async function say(database: string, id: string, { json = false } = {}) {
  const lines: string[] = []
  const { io } = fakeIo({ out: (line) => void lines.push(line) })
  return { ending: await printRecords(id, database, { io, json }), lines }
}

const envelopesOf = async (database: Database, id: string): Promise<Uint8Array[]> =>
  database.log.range(id, 0, { recordsMax: 10, bytesMax: 1 << 20 })

describe('grav1 debug log', () => {
  test('prints the chain of one project, while a node has the database open, and changes nothing there', async () => {
    const { folder, id, owner } = await filled()
    const before = await readdir(folder)
    const { ending, lines } = await say(folder, id.slice(0, 8))
    expect(ending).toBe('ok')
    expect(lines[0]).toBe(`project ${id}, owner ${owner}, 3 records`)
    expect(lines.slice(1).map((line) => line.replace(/ [0-9a-f]{12} /, ' HASH ').slice(0, 44))).toEqual([
      expect.stringMatching(/^0 {2}announce {2}epoch 1 {2}HASH {2}\{"announce/) as unknown,
      '1  update  epoch 1  HASH  {"priority":3}',
      '2  update  epoch 1  HASH  {"priority":-1}'
    ])
    expect(await readdir(folder)).toEqual(before)
  })

  test('as JSON a record is an object with its hash, that the next one names', async () => {
    const { folder, id, owner } = await filled()
    const records = (await say(folder, id, { json: true })).lines.map(
      (line) => JSON.parse(line) as Record<string, string>
    )
    expect(records.map(({ seq, signer }) => [seq, signer])).toEqual([0, 1, 2].map((seq) => [seq, owner]))
    expect(records.map(({ prev }) => prev)).toEqual(['', records[0]?.['hash'], records[1]?.['hash']])
  })

  test.for([
    'a record of another project',
    'a record too many',
    'bytes that are no record',
    'a record that is missing'
  ])('says where %s is in the chain', async (what) => {
    const { folder, database, id, other } = await filled()
    const [first, second] = (await envelopesOf(database, id)) as [Uint8Array, Uint8Array]
    const [strange] = (await envelopesOf(database, other)) as [Uint8Array]
    if (what === 'a record of another project') await database.log.append(id, 1, strange, { durable: false })
    if (what === 'a record too many') await database.log.append(id, 3, second, { durable: false })
    if (what === 'bytes that are no record') await database.log.append(id, 1, first.subarray(0, 20), { durable: false })
    if (what === 'a record that is missing') await database.log.keepOnly(id, [0, 2])
    const { ending, lines } = await say(folder, id)
    expect(ending).toBe('failed')
    expect(lines.filter((line) => line.startsWith('WRONG')).length).toBeGreaterThan(0)
    expect(lines[1]).toMatch(/^0 {2}announce/)
  })

  test.for([
    ['zzzz', 'No project zzzz is known in this data folder.'],
    ['', '2 projects begin with .']
  ] as const)('of "%s" it says: %s', async ([id, sentence]) => {
    const { folder } = await filled()
    await expect(say(folder, id)).rejects.toThrow(sentence)
  })

  test('a folder without a database is said so, and stays without', async () => {
    const folder = await tempDir()
    await expect(say(join(folder, 'db'), 'abc')).rejects.toThrow('There is no database at')
    expect(await readdir(folder)).toEqual([])
  })
})
