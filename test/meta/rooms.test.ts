import { access, readdir } from 'node:fs/promises'
import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'
import { filesBelow, read, ROOT } from './doc-files.ts'

/** Rooms that a table of ARCHITECTURE.md names below a heading of its first column. */
async function roomsOf(column: string): Promise<string[]> {
  const [, table = ''] = (await read('ARCHITECTURE.md')).split(`| ${column} |`)
  const rows = table.split('\n\n')[0] ?? ''
  return [...rows.matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([^`]+)\/`/g)].map(([, room = '']) => room)
  )
}

async function foldersOf(folder: string): Promise<string[]> {
  const entries = await readdir(join(ROOT, folder), { withFileTypes: true })
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
}

test('the rooms of ARCHITECTURE.md are the rooms on disk', async () => {
  const rooms = await roomsOf('folder')
  for (const room of rooms) await access(join(ROOT, room))
  expect(rooms).toEqual(expect.arrayContaining((await foldersOf('src')).map((room) => `src/${room}`)))
  expect((await roomsOf('room of `src/node/`')).sort()).toEqual((await foldersOf('src/node')).sort())
  const video = (await foldersOf('src/encode')).filter((room) => room !== 'rules')
  expect((await roomsOf('room of `src/encode/`')).sort()).toEqual(video.sort())
})

test('every file that ARCHITECTURE.md names is there', async () => {
  const files = (await filesBelow('src', '.ts')).map((file) => `/${file}`)
  const text = (await read('ARCHITECTURE.md')).replaceAll(/^```[\s\S]*?^```/gm, '')
  const named = [...text.matchAll(/`([\w./-]+\.ts)`/g)].map(([, file = '']) => file)
  expect(named.length).toBeGreaterThan(50)
  expect(named.filter((name) => !files.some((file) => file.endsWith(`/${name}`)))).toEqual([])
})

/** `from>to` for each import from one room of a folder by another. */
async function arrowsIn(folder: string): Promise<Set<string>> {
  const arrows = new Set<string>()
  const roomOf = (file: string): string | undefined => /^(.+?)\//.exec(file.slice(folder.length + 1))?.[1]
  for (const file of await filesBelow(folder, '.ts')) {
    for (const [, path = ''] of (await read(file)).matchAll(/ from '(\.[^']+)'/g)) {
      const target = normalize(join(dirname(file), path))
      const [from, to] = [roomOf(file), target.startsWith(`${folder}/`) ? roomOf(target) : undefined]
      if (from != null && to != null && from !== to) arrows.add(`${from}>${to}`)
    }
  }
  return arrows
}

test.each(['src', 'src/node', 'src/encode'])('no two rooms of %s import each other', async (folder) => {
  const arrows = await arrowsIn(folder)
  expect(arrows.size).toBeGreaterThan(5)
  expect([...arrows].filter((arrow) => arrows.has(arrow.split('>').toReversed().join('>')))).toEqual([])
})
