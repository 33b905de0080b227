import { link, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isOwnResult } from '../../../../src/node/owner/own-result.ts'
import { tempDir } from '../../../fixtures/temp-dir.ts'

async function folderOf(...names: readonly string[]): Promise<string> {
  const folder = await tempDir()
  for (const name of names) await writeFile(join(folder, name), name)
  return folder
}

const asked = (path: string, codec = 'av1', bytes = 1) => ({ path, codec, bytes })

test.for([
  ['film.aom.mkv', 'av1', 'film.mkv'],
  ['film.svt.webm', 'av1', 'film.mp4'],
  ['film.svt-av.mp4', 'av1', 'film.TS'],
  ['film.vp9.mkv', 'vp9', 'film.avi'],
  ['film.vp9-av.webm', 'vp9', 'film.m2ts'],
  ['film.sample.aom.mkv', 'av1', 'film.mkv'],
  ['film.aom-2.mkv', 'av1', 'film.mkv'],
  ['film.vp9-av-12.webm', 'vp9', 'film.mkv'],
  ['a.film.of.dots.aom.mkv', 'av1', 'a.film.of.dots.mkv']
] as const)('%s, %s beside %s, is a result', async ([name, codec, source]) => {
  const path = join(await folderOf(name, source), name)
  expect(await isOwnResult(path, asked(path, codec), [])).toBe(true)
})

test.for([
  ['film.mkv', 'av1', 'other.mkv'],
  ['film.aom.mkv', 'h264', 'film.mkv'],
  ['film.aom.mkv', 'vp9', 'film.mkv'],
  ['film.aom.mkv', 'av1', 'film.srt'],
  ['film.aom.mkv', 'av1', 'other.mkv'],
  ['film.1080p.mkv', 'av1', 'film.mkv'],
  ['film.aom.avi', 'av1', 'film.mkv'],
  ['aom.mkv', 'av1', 'film.mkv'],
  ['film.aom.1080p.mkv', 'av1', 'film.mkv']
] as const)('%s, %s beside %s, is a film', async ([name, codec, source]) => {
  const path = join(await folderOf(name, source), name)
  expect(await isOwnResult(path, asked(path, codec), [])).toBe(false)
})

test('what a project of this node made is a result, however it is called and reached', async () => {
  const folder = await folderOf('made.mkv', 'film.mkv')
  const made = join(folder, 'made.mkv')
  const outputs = [{ path: made, bytes: 8 }]
  await mkdir(join(folder, 'links'))
  await symlink(folder, join(folder, 'links', 'door'))
  await link(made, join(folder, 'twin.mkv'))
  expect(await isOwnResult(made, asked(made, 'av1', 8), outputs)).toBe(true)
  const doors = [{ path: join(folder, 'links', 'door', 'made.mkv'), bytes: 8 }]
  expect(await isOwnResult(made, asked(made, 'av1', 8), doors)).toBe(true)
  const twin = join(folder, 'twin.mkv')
  expect(await isOwnResult(twin, asked(twin, 'av1', 8), outputs)).toBe(true)
  // Another film has taken its place since.
  expect(await isOwnResult(made, asked(made, 'av1', 9), outputs)).toBe(false)
  const film = join(folder, 'film.mkv')
  expect(await isOwnResult(film, asked(film, 'av1', 8), outputs)).toBe(false)
  const gone = [{ path: join(folder, 'gone.mkv'), bytes: 8 }]
  expect(await isOwnResult(film, asked(film, 'av1', 8), gone)).toBe(false)
})

test('a link that is called like a result beside its source is one', async () => {
  const folder = await folderOf('stored', 'film.mkv')
  await symlink(join(folder, 'stored'), join(folder, 'film.aom.mkv'))
  expect(await isOwnResult(join(folder, 'film.aom.mkv'), asked(join(folder, 'stored')), [])).toBe(true)
})
