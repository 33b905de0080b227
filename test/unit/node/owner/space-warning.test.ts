import { join } from 'node:path'
import { mkdir, stat } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { neededBytes, spaceWarning } from '../../../../src/node/owner/space-warning.ts'
import { tempDir } from '../../../fixtures/temp-dir.ts'
import type { SourceInfo } from '../../../../src/encode/index.ts'

const GIB = 2 ** 30
const source = { bytes: 4 * GIB, framesEstimated: 1000, video: { width: 100, height: 100 } } as SourceInfo
const film = { source, frames: 1000, output: '/films/out.mkv', build: 'b', params: 'p' }
/** A fifth of a byte for each pixel. */
const PAST = [
  { pixels: 1000, encodeMs: 1, bytes: 100 },
  { pixels: 1000, encodeMs: 1, bytes: 300 }
]

test('what a film needs goes by scenes of before, else by its source, and by its share of it', () => {
  expect(neededBytes(film, [])).toEqual({ pieces: 4 * GIB, scenes: 4 * GIB, output: 4 * GIB })
  expect(neededBytes({ ...film, frames: 250 }, [])).toEqual({ pieces: GIB, scenes: GIB, output: GIB })
  expect(neededBytes(film, PAST)).toEqual({ pieces: 4 * GIB, scenes: 2_000_000, output: 2_000_000 })
  expect(neededBytes({ ...film, frames: 2000 }, [])).toMatchObject({ pieces: 4 * GIB })
})

const warn = async (free: number, past: readonly (typeof PAST)[number][] = []) => {
  const dataDir = await tempDir()
  const folder = join(dataDir, 'films')
  await mkdir(folder)
  const output = join(folder, 'out.mkv')
  const freeBytes = async (): Promise<number> => free
  return { dataDir, said: await spaceWarning({ ...film, output }, { dataDir, measured: () => past, freeBytes }) }
}

test('too little room for all on one disk is told once, with what is needed and what is free', async () => {
  const { said, dataDir } = await warn(2 * GIB)
  expect(said).toEqual([
    `The disk of ${dataDir} has 2.0 GiB free, and the project may need about 12 GiB for pieces of the source and encoded scenes, and the finished file; without room it waits.`
  ])
})

test('enough room, just enough besides what a node keeps free, and room for what scenes of before took', async () => {
  expect((await warn(100 * GIB)).said).toEqual([])
  expect((await warn(12.25 * GIB)).said).toEqual([])
  expect((await warn(12.24 * GIB)).said).toHaveLength(1)
  expect((await warn(5 * GIB, PAST)).said).toEqual([])
})

test('two disks are two sentences, and one that cannot be asked is none', async ({ skip }) => {
  const dataDir = await tempDir()
  if ((await stat(dataDir)).dev === (await stat('/dev/shm').catch(() => stat(dataDir))).dev) skip()
  const components = { dataDir, measured: () => [] }
  const there = { ...film, output: '/dev/shm/out.mkv' }
  const both = await spaceWarning(there, { ...components, freeBytes: async () => GIB })
  expect(both).toHaveLength(2)
  expect(both[0]).toContain(`${dataDir} has 1.0 GiB free, and the project may need about 8.0 GiB`)
  expect(both[1]).toContain('/dev/shm has 1.0 GiB free, and the project may need about 4.0 GiB for the finished file;')
  const roomHere = async (folder: string): Promise<number> => (folder === dataDir ? 100 * GIB : GIB)
  expect(await spaceWarning(there, { ...components, freeBytes: roomHere })).toHaveLength(1)
  const silent = async (): Promise<number> => Promise.reject(new Error('no answer'))
  expect(await spaceWarning(there, { ...components, freeBytes: silent })).toEqual([])
})
