import { join } from 'node:path'
import { Level } from 'level'
import { expect, test } from 'vitest'
import { createOwnStore, openDatabase, type StoredProject, type OwnStore } from '../../../src/storage/index.ts'
import { tempDir } from '../../fixtures/temp-dir.ts'

const JOB: StoredProject = { projectId: 'mine', job: { source: '/x.mkv' }, timestampsMs: [0, 42] }
const record = (text: string): Uint8Array => new Uint8Array(Buffer.from(text))

/** As the first version left it: no mark of the layout. */
async function makeOld(folder: string): Promise<void> {
  const level = new Level<string, Uint8Array>(folder, { keyEncoding: 'utf8', valueEncoding: 'view' })
  const owned = level.sublevel<string, StoredProject>('owned', { valueEncoding: 'json' })
  const log = level.sublevel<string, Uint8Array>('log', { valueEncoding: 'view' })
  const lease = level.sublevel<string, object>('lease', { valueEncoding: 'json' })
  await owned.put('mine', JOB)
  for (const seq of [0, 1, 2]) await log.put(`mine!000000000${seq}`, record(`mine ${seq}`))
  await log.put('theirs!0000000000', record('theirs 0'))
  await lease.put('mine!000002!1!3', { projectId: 'mine', scene: 2, epoch: 1, attempt: 3, worker: 'w' })
  await level.close()
}

async function mark(folder: string, schema?: string): Promise<string | undefined> {
  const level = new Level(folder)
  const meta = level.sublevel('meta', {})
  if (schema != null) await meta.put('schema', schema)
  const found = await meta.get('schema')
  await level.close()
  return found
}

async function expectMoved(folder: string, own: OwnStore): Promise<void> {
  const database = await openDatabase(folder, { own })
  expect(await own.all()).toEqual([JOB])
  expect((await own.records('mine')).map((one) => Buffer.from(one).toString())).toEqual(['mine 0', 'mine 1', 'mine 2'])
  expect(await own.records('theirs')).toEqual([])
  expect(await database.leases.all('mine')).toHaveLength(1)
  expect(await database.log.range('mine', 0, { recordsMax: 9, bytesMax: 1e6 })).toHaveLength(3)
  await database.close()
  const level = new Level(folder)
  expect(await level.sublevel('owned', {}).keys().all()).toEqual([])
  await level.close()
}

test('jobs and own records of the first layout move to the own store, once', async () => {
  const root = await tempDir()
  const folder = join(root, 'db')
  await makeOld(folder)
  const own = await createOwnStore(join(root, 'own'))
  await expectMoved(folder, own)
  expect(await mark(folder)).toBe('1')
  await expectMoved(folder, own)
  await own.close()
})

test('a move that was interrupted is finished, and nothing is there twice', async () => {
  const root = await tempDir()
  const folder = join(root, 'db')
  await makeOld(folder)
  const own = await createOwnStore(join(root, 'own'))
  await own.append('mine', record('mine 0'))
  await own.append('mine', record('mine 1'))
  await expectMoved(folder, own)
  await own.close()
})

test('a new database has the present layout', async () => {
  const root = await tempDir()
  const own = await createOwnStore(join(root, 'own'))
  await (await openDatabase(join(root, 'db'), { own })).close()
  expect(await mark(join(root, 'db'))).toBe('1')
})

test('one of a later version is refused, says what to do, and stays as it is', async () => {
  const root = await tempDir()
  const folder = join(root, 'db')
  const own = await createOwnStore(join(root, 'own'))
  await (await openDatabase(folder, { own })).close()
  await mark(folder, '2')
  for (const components of [{ own }, {}])
    await expect(openDatabase(folder, components)).rejects.toMatchObject({
      code: 'too-new',
      message: expect.stringMatching(/later version.*--data-dir/) as string
    })
  expect(await mark(folder)).toBe('2')
  await mark(folder, '1')
  await (await openDatabase(folder, { own })).close()
})
