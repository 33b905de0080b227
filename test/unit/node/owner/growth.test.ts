import { appendFile, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isGrowing, isQuiet, untilComplete } from '../../../../src/node/owner/growth.ts'
import { tempDir } from '../../../fixtures/temp-dir.ts'

const never = new AbortController().signal
/** Long enough for a busy machine between two writes. */
const QUICK = { quietMs: 2_000, breathMs: 10 }

async function aged(seconds: number): Promise<string> {
  const path = join(await tempDir(), 'film.mkv')
  await writeFile(path, 'begun')
  const time = Date.now() / 1000 - seconds
  await utimes(path, time, time)
  return path
}

/** What writers do, each within the time that a file is looked at. */
const WRITERS: Readonly<Record<string, (path: string) => Promise<void>>> = {
  appends: async (path) => appendFile(path, 'more'),
  'writes into the room that it took before': async (path) => writeFile(path, 'begUn'),
  'cuts it short': async (path) => writeFile(path, ''),
  'puts another in its place': async (path) => {
    await writeFile(`${path}.new`, 'begun')
    await rename(`${path}.new`, path)
  },
  'takes it away': async (path) => {
    await rm(path)
    await writeFile(path, 'begun')
  }
}

test.for(Object.entries(WRITERS))('somebody who %s is seen', async ([, write]) => {
  const path = await aged(1)
  const looking = { done: false }
  const growing = isGrowing(path, { signal: never, observedMs: 60_000 }).finally(() => (looking.done = true))
  // Before the first look nobody can see it.
  while (!looking.done) await write(path)
  expect(await growing).toBe(true)
})

test('an old file is not looked at for longer than a moment, whatever happens to it later', async () => {
  const path = await aged(60)
  const began = performance.now()
  expect(await isGrowing(path, { signal: never, observedMs: 60_000 })).toBe(false)
  expect(performance.now() - began).toBeLessThan(5_000)
  expect(await isQuiet(path)).toBe(true)
})

test('a new file that nobody writes to, and one of a clock that is ahead, are complete after a look', async () => {
  for (const seconds of [0, -3600]) {
    const path = await aged(seconds)
    expect(await isGrowing(path, { signal: never, observedMs: 50 })).toBe(false)
    expect(await isQuiet(path)).toBe(false)
  }
})

test('a look that nobody waits for ends', async () => {
  const gone = new AbortController()
  const looking = isGrowing(await aged(0), { signal: gone.signal, observedMs: 60_000 })
  gone.abort(new Error('gone'))
  await expect(looking).rejects.toThrow('gone')
})

test('a file is waited for while it grows, is away, and comes back', async () => {
  const path = await aged(0)
  const looks: boolean[] = []
  let complete = false
  const { promise: away, resolve: sawAway } = Promise.withResolvers<void>()
  const waiting = untilComplete(
    path,
    (isThere) => {
      looks.push(isThere)
      if (!isThere) sawAway()
    },
    { ...QUICK, signal: never }
  ).then(() => (complete = true))
  for (let n = 0; n < 5; n += 1) {
    await appendFile(path, 'more')
    expect(complete).toBe(false)
  }
  await rm(path)
  await away
  expect(complete).toBe(false)
  await writeFile(path, 'whole')
  await waiting
  expect(looks[0]).toBe(true)
  expect(looks).toContain(false)
  expect(looks.at(-1)).toBe(true)
})

test('a file that is old already is not waited for; whoever goes away ends the wait', async () => {
  await untilComplete(await aged(60), () => {}, { quietMs: 10_000, signal: never })
  const gone = new AbortController()
  const waiting = untilComplete(await aged(0), () => {}, { quietMs: 60_000, signal: gone.signal })
  gone.abort(new Error('gone'))
  await expect(waiting).rejects.toThrow('gone')
})
