import { readFile, stat, writeFile } from 'node:fs/promises'
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

test('limits that were set survive a restart, until the options say something else', async () => {
  const file = join(await tempDir(), 'control.json')
  const init = { file, workers: 2, slots: 2, manners, limits: { upload: 100_000, download: 0 } } as const
  const first = await createNodeControl(init)
  expect(first.limits).toEqual({ upload: 100_000, download: 0 })
  await first.change({ downloadLimit: 50_000 })
  await first.change({ uploadLimit: 0, paused: true })
  expect(first.limits).toEqual({ upload: 0, download: 50_000 })
  const second = await createNodeControl(init)
  expect([second.limits, second.paused]).toEqual([{ upload: 0, download: 50_000 }, true])
  const other = await createNodeControl({ ...init, limits: { upload: 70_000, download: 0 } })
  expect([other.limits, other.paused]).toEqual([{ upload: 70_000, download: 0 }, true])
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
  const file = join(await tempDir(), 'gone', 'control.json')
  const control = await createNodeControl({ file, workers: 2, slots: 2, manners })
  await expect(control.change({ paused: true })).rejects.toMatchObject({ code: 'not-kept', status: 503 })
  expect(control.paused).toBe(true)
  await expect(readFile(file)).rejects.toThrow('ENOENT')
})

test('manners survive a restart, until the node is started with others', async () => {
  const file = join(await tempDir(), 'control.json')
  const start = async (given = manners) => createNodeControl({ file, workers: 2, slots: 2, manners: given })
  await (await start()).change({ manners: { schedule: 'sat', maxCpu: '50%' } })
  expect((await start()).manners).toEqual({ ...manners, schedule: 'sat', maxCpu: '50%' })
  expect((await start({ ...manners, maxCpu: '80%' })).manners).toEqual({ ...manners, schedule: 'sat', maxCpu: '80%' })
  await writeFile(file, JSON.stringify({ paused: false, manners: { schedule: { text: 'never', given: 'off' } } }))
  expect((await start()).manners).toEqual(manners)
})
