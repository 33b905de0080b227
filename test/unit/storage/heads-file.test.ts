import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { createHeadsFile } from '../../../src/storage/index.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { tempDir } from '../../fixtures/temp-dir.ts'

const head = (seq: number, hash = 'ab'): { seq: number; hash: string } => ({ seq, hash })
const isThere = async (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false
  )

test('what was noted is there after a flush, what was forgotten is not', async () => {
  const path = join(await tempDir(), 'heads')
  const file = createHeadsFile(path, { writeMs: 1e6 })
  expect([...(await file.load())]).toEqual([])
  file.note('a', head(1))
  file.note('a', head(2))
  file.note('b', head(9))
  file.note('c', head(0))
  file.forget('b')
  expect(await isThere(path)).toBe(false)
  await file.flush()
  expect([...(await createHeadsFile(path).load())]).toEqual([
    ['a', head(2)],
    ['c', head(0)]
  ])
})

test('written by itself, once for many notes', async () => {
  const path = join(await tempDir(), 'heads')
  const file = createHeadsFile(path, { writeMs: 20 })
  for (let seq = 0; seq < 100; seq += 1) file.note('a', head(seq))
  await eventually('the file is there', async () => isThere(path))
  const { ino } = await stat(path)
  await file.flush()
  expect((await stat(path)).ino).toBe(ino)
  expect([...(await createHeadsFile(path).load()).values()]).toEqual([head(99)])
})

test('a damaged file is empty and told, whatever bit it is', async () => {
  const path = join(await tempDir(), 'heads')
  const first = createHeadsFile(path)
  first.note('a', head(12))
  await first.flush()
  const whole = await readFile(path)
  for (let at = 0; at < whole.byteLength; at += 1) {
    const damaged = Buffer.from(whole)
    damaged[at] = (damaged[at] ?? 0) ^ 1
    await writeFile(path, damaged)
    const onDamage = vi.fn<() => void>()
    expect((await createHeadsFile(path, { onDamage }).load()).size).toBe(0)
    expect(onDamage).toHaveBeenCalledOnce()
  }
  await writeFile(path, '')
  const onDamage = vi.fn<() => void>()
  await createHeadsFile(path, { onDamage }).load()
  expect(onDamage).toHaveBeenCalledOnce()
})

test('a write that fails is told and holds everything when it works again', async () => {
  const folder = await tempDir()
  const onError = vi.fn<(error: unknown) => void>()
  const file = createHeadsFile(join(folder, 'later', 'heads'), { writeMs: 5, onError })
  file.note('a', head(1))
  await eventually('it is told', () => onError.mock.calls.length > 0)
  await expect(file.flush()).rejects.toMatchObject({ code: 'ENOENT' })
  await mkdir(join(folder, 'later'))
  await eventually('it is written', async () => isThere(join(folder, 'later', 'heads')))
})
