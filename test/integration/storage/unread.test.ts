import { join } from 'node:path'
import { Level } from 'level'
import { expect, test } from 'vitest'
import { createHeadsFile, openDatabase } from '../../../src/storage/index.ts'
import { encodeChecked } from '../../../src/storage/checked-json.ts'
import { createHistory } from '../../../src/node/history/index.ts'
import { writeFile } from 'node:fs/promises'
import { attemptOf } from '../../fixtures/attempts.ts'
import { tempDir } from '../../fixtures/temp-dir.ts'

/** What lies in the database is parsed: another version may have written it. */
async function withValues(bucket: 'lease' | 'attempt', values: readonly object[]) {
  const folder = join(await tempDir(), 'db')
  await (await openDatabase(folder)).close()
  const level = new Level<string, object>(folder)
  const sublevel = level.sublevel<string, object>(bucket, { valueEncoding: 'json' })
  for (const [at, value] of values.entries()) await sublevel.put(`a!00000${at}!1!1`, value)
  await level.close()
  const told: string[] = []
  const database = await openDatabase(folder, { onUnread: (kind, projectId) => told.push(`${kind} ${projectId}`) })
  return { database, told }
}

const LEASE = { projectId: 'a', scene: 0, epoch: 1, attempt: 1, worker: 'w' }

test('leases of another shape are left out and told', async () => {
  const { database, told } = await withValues('lease', [
    LEASE,
    { ...LEASE, worker: 5 },
    { ...LEASE, maker: 'aom' },
    { ...LEASE, scene: 3, maker: { build: 'aom/1', probe: '' } }
  ])
  expect((await database.leases.all('a')).map(({ scene }) => scene)).toEqual([0, 3])
  expect(told).toEqual(['lease a', 'lease a'])
  await database.close()
})

test('so are attempts, and those with an outcome that is not known', async () => {
  const good = attemptOf({ projectId: 'a', scene: 0, verdict: 'accepted' })
  const { database, told } = await withValues('attempt', [
    good,
    { ...good, reason: null },
    { ...good, scene: 2, verdict: 'bribed' },
    { scene: 1 }
  ])
  const warnings: object[] = []
  const log = { debug: () => {}, info: () => {}, warn: (fields: object) => warnings.push(fields), error: () => {} }
  const book = { views: new Map() } as never
  const history = createHistory({ self: 'me', book, repository: database.attempts, log })
  await history.start()
  expect(history.since(0, 10)).toMatchObject([{ scene: 0, verdict: 'accepted' }])
  expect([told, warnings]).toEqual([['attempt a', 'attempt a'], [{ attempts: 1 }]])
  await history.stop()
  await database.close()
})

test('attempts of a version that did not measure so much are read', async () => {
  const { psnrMean: _mean, xpsnr: _xpsnr, ...old } = attemptOf({ projectId: 'a', scene: 0, psnr: 40 })
  const { database, told } = await withValues('attempt', [old])
  expect(await Array.fromAsync(database.attempts.all())).toMatchObject([{ psnr: 40, psnrMean: null, xpsnr: null }])
  expect(told).toEqual([])
  await database.close()
})

test('and heads that are none', async () => {
  const path = join(await tempDir(), 'heads')
  await writeFile(path, encodeChecked([['a', { seq: 'one', hash: 'ab' }]]))
  let damages = 0
  expect(await createHeadsFile(path, { onDamage: () => (damages += 1) }).load()).toEqual(new Map())
  expect(damages).toBe(1)
})
