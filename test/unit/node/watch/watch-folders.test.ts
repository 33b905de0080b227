import { appendFile, mkdir, readFile, rename, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { ApiRefusal } from '../../../../src/api/refusal.ts'
import { readFolderSettings } from '../../../../src/node/watch/folder-settings.ts'
import { TRIES_MAX, type WatchEntry } from '../../../../src/node/watch/watch-book.ts'
import { watchFolders } from '../../../../src/node/watch/watch-folders.ts'
import type { SubmitRequest } from '../../../../src/api/schemas/index.ts'
import { silent } from '../../../fixtures/swarm-node.ts'
import { tempDir } from '../../../fixtures/temp-dir.ts'

type Bench = Awaited<ReturnType<typeof bench>>

/** A node that takes what comes from a folder, but for what is called `bad`. */
async function bench() {
  const root = await tempDir()
  const folder = join(root, 'in')
  await mkdir(folder)
  const asked: SubmitRequest[] = []
  /** Paths of films that are written to when they are submitted, once. */
  const growing = new Set<string>()
  /** A submission that is answered only when this resolves. */
  let held: Promise<void> | undefined
  const hold = (): (() => void) => {
    const { promise, resolve } = Promise.withResolvers<void>()
    held = promise
    return resolve
  }
  const start = async (quietMs = 30): Promise<() => Promise<void>> => {
    const stop = await watchFolders(
      {
        log: silent,
        presets: {
          list: async () => [{ name: 'tv', about: '', own: true, params: { svt: '--preset=8' }, options: {} }]
        },
        projects: {
          submit: async (requests) => {
            asked.push(...requests)
            const wait = held
            held = undefined
            await wait
            if (growing.delete(requests[0]?.input ?? '')) throw new ApiRefusal('growing', 409, 'It grows.')
            if (requests.some(({ input }) => input.includes('bad')))
              throw new ApiRefusal('not-a-video', 400, 'It is none.')
            return requests.map((_, at) => ({ projectId: `p${asked.length + at}`, attached: false }))
          }
        }
      },
      { folders: [folder], file: join(root, 'watched.json'), quietMs, breathMs: 1 }
    )
    onTestFinished(stop)
    return stop
  }
  /** A file of now. */
  const begin = async (name: string): Promise<string> => {
    const path = join(folder, name)
    await writeFile(path, name)
    return path
  }
  /** An old file. */
  const put = async (name: string, text = name): Promise<string> => {
    const path = join(folder, name)
    // It comes whole, with its time: whoever sees it before would see another file.
    const aside = join(root, name)
    await writeFile(aside, text)
    await utimes(aside, 1000, 1000)
    await rename(aside, path)
    return path
  }
  const settings = async (text: string): Promise<void> => {
    await writeFile(join(root, 'settings'), text)
    await rename(join(root, 'settings'), join(folder, 'grav1.toml'))
  }
  const names = (): string[] => asked.map(({ input }) => input.slice(folder.length + 1))
  const until = async (...wanted: string[]) => vi.waitFor(() => expect(names()).toEqual(wanted), { timeout: 60_000 })
  return { root, folder, asked, growing, hold, start, begin, put, settings, names, until }
}

test('what lies there and what comes is submitted once, also over a restart', async () => {
  const { folder, asked, start, put, until } = await bench()
  await writeFile(join(folder, 'grav1.toml'), 'preset = "tv"\noutput-dir = "../out"\naudio = "opus"\n')
  for (const name of ['a.mkv', 'notes.txt', '.hidden.mkv']) await put(name)
  const stop = await start()
  await until('a.mkv')
  await put('b.mkv')
  await until('a.mkv', 'b.mkv')
  expect(asked[0]).toEqual({
    input: join(folder, 'a.mkv'),
    encoder: 'svt',
    preset: 'tv',
    audio: 'opus',
    output: join(folder, '..', 'out')
  })
  await stop()
  await put('c.mkv')
  await start()
  await until('a.mkv', 'b.mkv', 'c.mkv')
})

test('a file that is written to waits until it rests', async () => {
  const { start, begin, put, until, names } = await bench()
  const path = await begin('a.mkv')
  await start(600_000)
  for (let at = 0; at < 5; at += 1) await appendFile(path, 'more')
  await put('b.mkv')
  await until('b.mkv')
  // Nobody has written to it for long.
  await vi.waitFor(
    async () => {
      await utimes(path, 1000, 1000)
      expect(names()).toEqual(['b.mkv', 'a.mkv'])
    },
    { timeout: 60_000 }
  )
})

test('a film whose last bytes come while it is submitted is waited for once more', async () => {
  const { folder, growing, start, put, until } = await bench()
  growing.add(join(folder, 'a.mkv'))
  await put('a.mkv')
  await start()
  await until('a.mkv', 'a.mkv')
})

test('films that are submitted side by side are all noted', async () => {
  const { root, start, put, asked } = await bench()
  const names = Array.from({ length: 12 }, (_, n) => `${n}.mkv`)
  for (const name of names) await put(name)
  const stop = await start()
  await vi.waitFor(() => expect(asked).toHaveLength(names.length), { timeout: 60_000 })
  await stop()
  const { films } = JSON.parse(await readFile(join(root, 'watched.json'), 'utf8')) as { films: WatchEntry[] }
  expect(films.map(({ reason }) => reason)).toEqual(names.map(() => ''))
})

test('a film that is refused is tried at some starts, then only as another file or with other settings', async () => {
  const { start, put, settings, until } = await bench()
  await put('bad.mkv')
  for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
    const stop = await start()
    await until(...Array.from({ length: tries }, () => 'bad.mkv'))
    await stop()
  }
  const before = Array.from({ length: TRIES_MAX }, () => 'bad.mkv')
  await start()
  // What comes later shows that it was looked at and left.
  await put('good.mkv')
  await until(...before, 'good.mkv')
  await settings('audio = "drop"\n')
  await until(...before, 'good.mkv', 'bad.mkv')
  await put('bad.mkv', 'another file')
  await until(...before, 'good.mkv', 'bad.mkv', 'bad.mkv')
})

test.for([
  ['another file', async ({ put }: Bench) => put('bad.mkv', 'another file')],
  ['other settings', async ({ settings }: Bench) => settings('audio = "drop"\n')]
] as const)('%s that comes while a film is refused is not missed', async ([, change]) => {
  const watched = await bench()
  const { hold, start, put, until } = watched
  const answer = hold()
  await put('bad.mkv')
  await start()
  await until('bad.mkv')
  await change(watched)
  // What comes later shows that the change was heard of.
  await put('good.mkv')
  await until('bad.mkv', 'good.mkv')
  answer()
  await until('bad.mkv', 'good.mkv', 'bad.mkv')
})

test('settings that cannot be used hold the folder until they can', async () => {
  const { folder, start, put, until, names } = await bench()
  await writeFile(join(folder, 'grav1.toml'), 'audi = "opus"\n')
  await put('a.mkv')
  await start()
  await expect(readFolderSettings(folder)).rejects.toThrow('grav1.toml cannot be used: Unrecognized key: "audi"')
  expect(names()).toEqual([])
  await writeFile(join(folder, 'grav1.toml'), 'encoder = "vp9"\n')
  await until('a.mkv')
})

test.for([
  ['zones = []', 'zones'],
  ['restart = true', 'restart'],
  ['input = "a.mkv"', 'input'],
  ['builds = "any"', 'builds'],
  ['a = ', 'TOML']
] as const)('%s in a folder is refused', async ([text, words]) => {
  const { folder } = await bench()
  await writeFile(join(folder, 'grav1.toml'), text)
  await expect(readFolderSettings(folder)).rejects.toThrow(words)
})
