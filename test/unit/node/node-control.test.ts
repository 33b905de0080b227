import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createNodeControl } from '../../../src/node/node-control.ts'
import { OFF_MANNERS as manners } from '../../fixtures/manners.ts'
import { tempDir } from '../../fixtures/temp-dir.ts'

const seen = ({ slots, paused, draining }: Awaited<ReturnType<typeof createNodeControl>>) => ({
  slots,
  paused,
  draining
})

test('a pause and slots survive a restart, a drain does not', async () => {
  const file = join(await tempDir(), 'control.json')
  const first = await createNodeControl({ file, workers: 'auto', slots: 4, manners })
  let told = 0
  first.onChange(() => (told += 1))
  expect(seen(first)).toEqual({ slots: 4, paused: false, draining: false })
  await first.change({ paused: true })
  await first.change({ slots: 1 })
  first.drain()
  expect(told).toBe(3)
  expect(seen(first)).toEqual({ slots: 1, paused: true, draining: true })
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  const second = await createNodeControl({ file, workers: 'auto', slots: 4, manners })
  expect(seen(second)).toEqual({ slots: 1, paused: true, draining: false })
  second.drain()
  await second.change({ paused: false })
  expect(seen(second)).toEqual({ slots: 1, paused: false, draining: false })
})

test('another --workers is the newer word, but no end of a pause', async () => {
  const file = join(await tempDir(), 'control.json')
  await (await createNodeControl({ file, workers: 2, slots: 2, manners })).change({ paused: true, slots: 0 })
  expect(seen(await createNodeControl({ file, workers: 2, slots: 2, manners }))).toMatchObject({
    slots: 0,
    paused: true
  })
  expect(seen(await createNodeControl({ file, workers: 6, slots: 6, manners }))).toMatchObject({
    slots: 6,
    paused: true
  })
})

test('changes at once end as the last one says', async () => {
  const file = join(await tempDir(), 'control.json')
  const control = await createNodeControl({ file, workers: 2, slots: 2, manners })
  await Promise.all(Array.from({ length: 20 }, async (_, slots) => control.change({ slots })))
  expect(seen(await createNodeControl({ file, workers: 2, slots: 2, manners }))).toMatchObject({ slots: 19 })
})

test.for(['', '{', 'null', '{"paused": 1}', '{"paused": true, "slots": {"count": 5000, "workers": 2}}'])(
  'a file that is none counts for nothing: %j',
  async (text) => {
    const file = join(await tempDir(), 'control.json')
    await writeFile(file, text)
    expect(seen(await createNodeControl({ file, workers: 2, slots: 2, manners }))).toMatchObject({
      slots: 2,
      paused: false
    })
  }
)

test('what cannot be written counts all the same, and is said', async () => {
  const folder = await tempDir()
  // A folder is in the place of the file that is written aside.
  await mkdir(join(folder, 'control.json.new'))
  const control = await createNodeControl({ file: join(folder, 'control.json'), workers: 2, slots: 2, manners })
  await expect(control.change({ paused: true })).rejects.toMatchObject({ code: 'not-kept', status: 503 })
  expect(control.paused).toBe(true)
  await expect(readFile(join(folder, 'control.json'))).rejects.toThrow('ENOENT')
})
