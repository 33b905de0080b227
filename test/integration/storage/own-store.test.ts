import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'
import { createOwnStore, type OwnDamage, type OwnStore } from '../../../src/storage/index.ts'
import { tempDir } from '../../fixtures/temp-dir.ts'

const record = (text: string): Uint8Array => new Uint8Array(Buffer.from(text))
const texts = async (store: OwnStore): Promise<string[]> =>
  (await store.records('a')).map((one) => Buffer.from(one).toString())

async function written(): Promise<{ folder: string; log: string; reopen: () => Promise<OwnStore>; told: OwnDamage[] }> {
  const folder = join(await tempDir(), 'own')
  const told: OwnDamage[] = []
  const reopen = async (): Promise<OwnStore> => {
    const store = await createOwnStore(folder, { onDamage: (damage) => told.push(damage) })
    onTestFinished(store.close)
    return store
  }
  const store = await reopen()
  await store.put({ projectId: 'a', job: { source: '/x' }, timestampsMs: undefined })
  for (const text of ['zero', 'one', 'two']) await store.append('a', record(text))
  await store.close()
  return { folder, log: join(folder, 'a', 'log'), reopen, told }
}

test('a log cut at any byte keeps every whole record, and goes on from there', async () => {
  const { log, reopen, told } = await written()
  const whole = await readFile(log)
  const ends = [0, 12, 23, 34]
  expect(whole.byteLength).toBe(34)
  for (let bytes = 0; bytes <= whole.byteLength; bytes += 1) {
    await writeFile(log, whole.subarray(0, bytes))
    told.length = 0
    const store = await reopen()
    const kept = ['zero', 'one', 'two'].slice(0, ends.filter((end) => end > 0 && end <= bytes).length)
    // Appending alone has to find the torn end too.
    if (bytes % 2 === 0) expect(await texts(store)).toEqual(kept)
    await store.append('a', record('new'))
    expect(await texts(store)).toEqual([...kept, 'new'])
    await store.close()
    const lost = bytes - (ends.findLast((end) => end <= bytes) ?? 0)
    expect(told).toEqual(lost === 0 ? [] : [{ projectId: 'a', what: 'log', bytes: lost }])
  }
})

test('a flipped bit anywhere is found; the records before it stay, what came after is kept aside', async () => {
  const { log, reopen, told } = await written()
  const whole = await readFile(log)
  for (let at = 0; at < whole.byteLength; at += 1) {
    const damaged = Buffer.from(whole)
    damaged[at] = (damaged[at] ?? 0) ^ 0x10
    await writeFile(log, damaged)
    told.length = 0
    const store = await reopen()
    const kept = at < 12 ? 0 : at < 23 ? 1 : 2
    expect(await texts(store)).toEqual(['zero', 'one', 'two'].slice(0, kept))
    await store.close()
    expect(told).toHaveLength(1)
    const cut = [0, 12, 23][kept] ?? 0
    expect(await readFile(`${log}.cut`)).toEqual(damaged.subarray(cut))
    expect(await readFile(log)).toEqual(whole.subarray(0, cut))
  }
})

test('zeros behind the last record, as a power cut leaves them, are no records', async () => {
  const { log, reopen } = await written()
  await truncate(log, 34 + 4096)
  const store = await reopen()
  expect(await texts(store)).toEqual(['zero', 'one', 'two'])
  expect((await readFile(log)).byteLength).toBe(34)
})

test('a job that was changed on disk is told and left out; its log is still there', async () => {
  const { folder, reopen, told } = await written()
  const path = join(folder, 'a', 'job.json')
  await writeFile(path, (await readFile(path, 'utf8')).replace('/x', '/y'))
  const store = await reopen()
  expect(await store.all()).toEqual([])
  expect(told).toMatchObject([{ projectId: 'a', what: 'job' }])
  expect(await texts(store)).toEqual(['zero', 'one', 'two'])
})

test('a deletion that was interrupted is finished at the next start', async () => {
  const { folder, reopen } = await written()
  await mkdir(join(folder, '.deleted-1'))
  await writeFile(join(folder, '.deleted-1', 'job.json'), 'rest')
  await reopen()
  expect(await readdir(folder)).toEqual(['a'])
})

test('an id that would leave the folder is refused', async () => {
  const { reopen } = await written()
  const store = await reopen()
  for (const projectId of ['../a', '', '.', 'a/b', 'x'.repeat(200)]) {
    await expect(store.append(projectId, record('x'))).rejects.toThrow(RangeError)
    await expect(store.put({ projectId, job: {}, timestampsMs: undefined })).rejects.toThrow(RangeError)
    await expect(store.delete(projectId)).rejects.toThrow(RangeError)
  }
})

test('whatever a killed process said is written is there, in order, and nothing else but one more', async () => {
  const folder = join(await tempDir(), 'own')
  const fixture = join(import.meta.dirname, '../../fixtures/append-forever.ts')
  for (let round = 0; round < 3; round += 1) {
    const child = spawn(process.execPath, [fixture, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
    const exited = once(child, 'exit')
    let said = -1
    for await (const line of createInterface(child.stdout)) {
      said = Number(line)
      if (said === 50 + round) child.kill('SIGKILL')
    }
    await exited
    const store = await createOwnStore(folder)
    const found = (await store.records('p')).map((one) => parseInt(Buffer.from(one).toString(), 10))
    expect(found.length).toBeGreaterThan(said)
    expect(found.length).toBeLessThanOrEqual(said + 2)
    expect(found).toEqual(Array.from(found.keys()))
    await store.delete('p')
    expect(await store.records('p')).toEqual([])
  }
})
