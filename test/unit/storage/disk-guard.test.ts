import { expect, onTestFinished, test } from 'vitest'
import { createDiskGuard, retryWhenFull, StorageError, type DiskGuard } from '../../../src/storage/index.ts'
import { eventually } from '../../fixtures/eventually.ts'

const ENOSPC = Object.assign(new Error('write'), { code: 'ENOSPC' })

interface Bench {
  readonly guard: DiskGuard
  readonly disk: { free: number; looks: number }
  readonly states: string[]
}

async function bench(free: number, start = true): Promise<Bench> {
  const disk = { free, looks: 0 }
  const freeBytes = async (): Promise<number> => {
    disk.looks += 1
    return disk.free
  }
  const guard = createDiskGuard({ freeBytes }, { reserveBytes: 100, checkMs: 5 })
  onTestFinished(() => guard.stop())
  const states: string[] = []
  guard.onChange((state) => states.push(state))
  if (start) await guard.start()
  return { guard, disk, states }
}

async function looksTwice({ disk }: Bench): Promise<void> {
  const before = disk.looks
  await eventually('the guard looks', () => disk.looks >= before + 2)
}

test('full below the reserve, and ok again only at twice of it', async () => {
  const it = await bench(100)
  expect(it.guard.state).toBe('ok')
  it.disk.free = 99
  await eventually('full', () => it.guard.state === 'disk-full')
  it.disk.free = 199
  await looksTwice(it)
  expect(it.guard.state).toBe('disk-full')
  it.disk.free = 200
  await eventually('ok', () => it.guard.state === 'ok')
  it.disk.free = 100
  await looksTwice(it)
  expect(it.states).toEqual(['disk-full', 'ok'])
})

test('a start on a full disk knows it at once', async () => {
  expect((await bench(5)).guard.state).toBe('disk-full')
})

test.for([
  ['ENOSPC', ENOSPC, true],
  ['EDQUOT', Object.assign(new Error('x'), { code: 'EDQUOT' }), true],
  ['a cause deep inside', new StorageError('no-space', 'x', { cause: new Error('y', { cause: ENOSPC }) }), true],
  ['LevelDB', Object.assign(new Error('IO error: 1.log: No space left on device'), { code: 'LEVEL_IO_ERROR' }), true],
  ['the quota for blobs', new StorageError('no-space', 'no room among the cached blobs'), false],
  ['EIO', Object.assign(new Error('x'), { code: 'EIO' }), false],
  ['a text alone', new Error('No space left on device'), false],
  ['no error', 'ENOSPC', false]
] as const)('a report of %s', async ([, error, isFull]) => {
  const it = await bench(1000, false)
  expect(it.guard.report(error)).toBe(isFull)
  expect(it.guard.state).toBe(isFull ? 'disk-full' : 'ok')
})

test('a report that the free space belies holds until the next look, not only until the next question', async () => {
  const it = await bench(1000, false)
  it.guard.report(ENOSPC)
  expect(await it.guard.hasRoom(0)).toBe(false)
  expect(it.guard.state).toBe('disk-full')
  await it.guard.start()
  expect(it.guard.state).toBe('ok')
})

test('room for so many bytes is room above the reserve', async () => {
  const it = await bench(150, false)
  expect(await it.guard.hasRoom(50)).toBe(true)
  expect(await it.guard.hasRoom(51)).toBe(false)
  expect(it.guard.state).toBe('ok')
  it.disk.free = 99
  expect(await it.guard.hasRoom(0)).toBe(false)
  expect(it.guard.state).toBe('disk-full')
})

test('waiting ends at once in ok, with space, or with the signal', async () => {
  const it = await bench(1000, false)
  await it.guard.whenThereIsSpace()
  it.guard.report(ENOSPC)
  const waiting = it.guard.whenThereIsSpace()
  const aborted = new AbortController()
  const given = it.guard.whenThereIsSpace(aborted.signal)
  aborted.abort(new Error('stopping'))
  await expect(given).rejects.toThrow('stopping')
  await expect(it.guard.whenThereIsSpace(aborted.signal)).rejects.toThrow('stopping')
  await it.guard.start()
  await waiting
})

test('a write that finds no space is tried again once there is some, other errors are thrown', async () => {
  const it = await bench(1000)
  let tries = 0
  const result = await retryWhenFull(it.guard, async () => {
    tries += 1
    if (tries < 4) throw ENOSPC
    return 'done'
  })
  expect([result, tries]).toEqual(['done', 4])
  expect(it.states).toEqual(['disk-full', 'ok', 'disk-full', 'ok', 'disk-full', 'ok'])
  await expect(retryWhenFull(it.guard, async () => Promise.reject(new Error('other')))).rejects.toThrow('other')
  it.disk.free = 0
  const aborted = new AbortController()
  const failing = retryWhenFull(it.guard, async () => Promise.reject(ENOSPC), { signal: aborted.signal })
  await eventually('full', () => it.guard.state === 'disk-full')
  aborted.abort(new Error('stopping'))
  await expect(failing).rejects.toThrow('stopping')
})

/** Something that can free so many bytes of the disk. */
function cache(it: Bench, bytes: number): { left: number; readonly asked: number[] } {
  const found = { left: bytes, asked: [] as number[] }
  it.guard.onShort(async (wanted) => {
    found.asked.push(wanted)
    const freed = Math.min(found.left, wanted)
    found.left -= freed
    it.disk.free += freed
    return freed
  })
  return found
}

test('room is made before the disk counts as full, at a look and before a write', async () => {
  const it = await bench(150)
  const found = cache(it, 400)
  it.disk.free = 60
  await eventually('room', () => it.disk.free === 200)
  expect(await it.guard.hasRoom(250)).toBe(true)
  expect(found).toEqual({ left: 110, asked: [140, 150] })
  expect(it.states).toEqual([])
})

test('where there is not enough to remove, the disk is full, and it ends as soon as there is', async () => {
  const it = await bench(150)
  const found = cache(it, 10)
  it.disk.free = 60
  await eventually('full', () => it.guard.state === 'disk-full')
  expect(found.left).toBe(0)
  found.left = 500
  await eventually('ok', () => it.guard.state === 'ok')
  expect(it.disk.free).toBe(200)
})

test('a write that found no space has room made at once, also where the disk says that it has some', async () => {
  const it = await bench(1000, false)
  cache(it, 300)
  it.guard.report(ENOSPC)
  await eventually('ok', () => it.guard.state === 'ok')
  expect(it.disk.free).toBe(1200)
  it.guard.report(ENOSPC)
  it.guard.report(ENOSPC)
  await eventually('all is removed', () => it.disk.free === 1300)
  it.guard.report(ENOSPC)
  expect(it.guard.state).toBe('disk-full')
})
