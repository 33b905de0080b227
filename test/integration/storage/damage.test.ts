import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Level } from 'level'
import { expect, test } from 'vitest'
import { openDatabase, type Database } from '../../../src/storage/index.ts'
import { missingSince } from '../../../src/swarm/log/missing-since.ts'
import { tempDir } from '../../fixtures/temp-dir.ts'

const RECORDS = 500
const PROJECT = 'p'.repeat(26)

/** 500 records of 330 bytes; with `tables` they lie in several table files, otherwise in LevelDB's log. */
async function fill({ tables }: { readonly tables: boolean }): Promise<string> {
  const folder = join(await tempDir(), 'db')
  const database = await openDatabase(folder)
  for (let seq = 0; seq < RECORDS; seq += 1)
    await database.log.append(PROJECT, seq, new Uint8Array(330).fill(seq), { durable: false })
  await database.close()
  if (tables) {
    // The types of `level` are those of every platform; this is LevelDB's own.
    const level = new Level(folder) as Level & { compactRange: (start: string, end: string) => Promise<void> }
    await level.open()
    await level.compactRange('!', '~')
    await level.close()
  }
  return folder
}

async function count(database: Database): Promise<number> {
  let records = 0
  for await (const _ of database.log.all()) records += 1
  return records
}

async function files(folder: string, pattern: RegExp): Promise<string[]> {
  return (await readdir(folder)).filter((name) => pattern.test(name)).map((name) => join(folder, name))
}

async function flip(path: string, at: number): Promise<void> {
  const content = await readFile(path)
  const index = Math.floor(content.byteLength * at)
  content[index] = (content[index] ?? 0) ^ 0x55
  await writeFile(path, content)
}

const each = async (paths: readonly string[], change: (path: string) => Promise<void>): Promise<void> => {
  expect(paths.length).toBeGreaterThan(0)
  for (const path of paths) if ((await stat(path)).size > 0) await change(path)
}

const UNREADABLE = [
  ['no CURRENT, tables', true, async (db: string) => rm(join(db, 'CURRENT'))],
  ['no CURRENT, log', false, async (db: string) => rm(join(db, 'CURRENT'))],
  ['empty CURRENT', true, async (db: string) => truncate(join(db, 'CURRENT'), 0)],
  ['CURRENT that names nothing', true, async (db: string) => writeFile(join(db, 'CURRENT'), 'MANIFEST-999999\n')],
  ['no MANIFEST', true, async (db: string) => each(await files(db, /^MANIFEST/), rm)],
  ['empty MANIFEST', true, async (db: string) => each(await files(db, /^MANIFEST/), async (file) => truncate(file, 0))],
  ['cut MANIFEST', false, async (db: string) => each(await files(db, /^MANIFEST/), async (file) => truncate(file, 25))],
  ['flipped MANIFEST', true, async (db: string) => each(await files(db, /^MANIFEST/), async (file) => flip(file, 0.3))],
  ['missing table', true, async (db: string) => each((await files(db, /\.ldb$/)).slice(0, 1), rm)],
  ['flipped table', true, async (db: string) => each(await files(db, /\.ldb$/), async (file) => flip(file, 0.3))],
  ['cut table', true, async (db: string) => each(await files(db, /\.ldb$/), async (file) => truncate(file, 1000))],
  ['empty table', true, async (db: string) => each(await files(db, /\.ldb$/), async (file) => truncate(file, 0))]
] as const

test.for(UNREADABLE)('%s: moved aside whole, a new one begun', async ([, tables, damage]) => {
  const folder = await fill({ tables })
  await damage(folder)
  const data = tables ? /\.ldb$/ : /\.log$/
  const before = (await readdir(folder)).filter((name) => data.test(name))
  const database = await openDatabase(folder)
  expect(database.recovered).toBe('moved-aside')
  expect(database.movedAsideTo).toBe(`${folder}.damaged-1`)
  expect(await count(database)).toBe(0)
  await database.log.append(PROJECT, 0, new Uint8Array(3), { durable: true })
  await database.close()
  expect(await readdir(`${folder}.damaged-1`)).toEqual(expect.arrayContaining(before))
  const again = await openDatabase(folder)
  expect(again.recovered).toBeUndefined()
  expect(await count(again)).toBe(1)
  await again.close()
})

const SHORTER = [
  ['flipped log', async (db: string) => each(await files(db, /\.log$/), async (file) => flip(file, 0.5))],
  ['cut log', async (db: string) => each(await files(db, /\.log$/), async (file) => truncate(file, 90_000))],
  ['no log', async (db: string) => each(await files(db, /\.log$/), rm)]
] as const

test.for(SHORTER)('%s: opens without a sign with fewer records, and the heads file tells', async ([, damage]) => {
  const folder = await fill({ tables: false })
  await damage(folder)
  const database = await openDatabase(folder)
  expect(database.recovered).toBeUndefined()
  const found = await count(database)
  expect(found).toBeLessThan(RECORDS)
  // The records after a hole do not fold, so the log ends before it; a head from outside of the database tells.
  const noted = new Map([[PROJECT, { seq: RECORDS - 1, hash: 'ab' }]])
  const first = await database.log.range(PROJECT, 0, { recordsMax: found, bytesMax: 1e9 })
  const whole = first.findIndex((one, seq) => one[0] !== seq % 256)
  const seq = (whole === -1 ? first.length : whole) - 1
  const heads = new Map(seq < 0 ? [] : [[PROJECT, { seq, hash: 'cd' }]])
  expect(missingSince(noted, heads)).toEqual([
    { projectId: PROJECT, notedSeq: RECORDS - 1, foundSeq: seq < 0 ? undefined : seq }
  ])
  await database.close()
})

test('damage again: each one is kept', async () => {
  const folder = await fill({ tables: true })
  for (const n of [1, 2]) {
    await truncate(join(folder, 'CURRENT'), 0)
    const database = await openDatabase(folder)
    expect(database.movedAsideTo).toBe(`${folder}.damaged-${n}`)
    await database.close()
  }
  expect((await readdir(dirname(folder))).toSorted()).toEqual(['db', 'db.damaged-1', 'db.damaged-2'])
})

test('no rights are an error, and nothing is moved', async () => {
  const folder = await fill({ tables: false })
  const before = await readdir(folder)
  await chmod(dirname(folder), 0o755)
  for (const name of [...before, '']) await chmod(join(folder, name), name === '' ? 0o500 : 0o400)
  // The superuser has every right.
  const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../fixtures/hold-database.ts'), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: '/',
    ...user
  })
  const [said] = (await once(child.stdout, 'data')) as [Buffer]
  expect(said.toString().trim()).toMatch(/^(open-failed|EACCES)$/)
  await once(child, 'exit')
  await chmod(folder, 0o700)
  expect(await readdir(folder)).toEqual(before)
  expect(await readdir(dirname(folder))).toEqual(['db'])
})

test('a damaged database that another process has open is not moved', async () => {
  const folder = await fill({ tables: true })
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../fixtures/hold-database.ts'), folder], {
    stdio: ['pipe', 'pipe', 'inherit']
  })
  const [said] = (await once(child.stdout, 'data')) as [Buffer]
  expect(said.toString().trim()).toBe('open')
  await rm(join(folder, 'CURRENT'))
  await expect(openDatabase(folder)).rejects.toMatchObject({ code: 'in-use' })
  expect(await readdir(dirname(folder))).toEqual(['db'])
  const exit = once(child, 'exit')
  child.stdin.end()
  await exit
})
