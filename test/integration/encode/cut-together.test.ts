import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hashPieces } from '../../../src/encode/programs/decode.ts'
import { probeSource } from '../../../src/encode/index.ts'
import { cutPieces, makeWorkCopy, type WorkCopy } from '../../../src/encode/prepare/work-copy.ts'
import { BASE_CUTS, fullHashes, makeBase, tempFolder } from '../../fixtures/encode-clips.ts'
import { patience } from '../../fixtures/patience.ts'

const signal = patience()
const FRAMES = 10
let folder: Awaited<ReturnType<typeof tempFolder>>
let copy: WorkCopy
let truth: readonly string[]

beforeAll(async () => {
  folder = await tempFolder()
  const base = await makeBase(folder.path)
  const source = await probeSource(base, { signal })
  const scenes = { minFrames: 12, maxFrames: 60, threshold: undefined }
  const input = { source, scenes, workDir: folder.path, skipPiece: () => false, onProgress: () => {} }
  const [made, hashes] = await Promise.all([makeWorkCopy(input, { signal }), fullHashes(base)])
  if (made === undefined) throw new Error('there is no work copy')
  copy = made
  truth = hashes
})
afterAll(() => folder.remove())

const starts = [0, ...BASE_CUTS].slice(0, 3)
const cutsIn = (name: string) =>
  starts.map((start) => ({ start, frames: FRAMES, file: join(folder.path, name, `${start}.mkv`) }))

/** Cuts them in one start. */
async function cutIn(name: string) {
  await mkdir(join(folder.path, name))
  const cuts = cutsIn(name)
  const skips = await cutPieces(copy, cuts, { signal })
  return cuts.map(({ start, file }, n) => {
    return { start, pieceFile: file, frames: FRAMES, skip: skips[n] ?? -1, hashFile: `${file}.hashes` }
  })
}

test('pieces that are cut together have the bytes of those that are cut alone, and decode together to the frames of the source', async () => {
  const pieces = await cutIn('together')
  await mkdir(join(folder.path, 'alone'))
  for (const [n, cut] of cutsIn('alone').entries()) {
    expect(await cutPieces(copy, [cut], { signal })).toEqual([pieces[n]?.skip])
    expect(await readFile(cut.file)).toEqual(await readFile(pieces[n]?.pieceFile ?? ''))
  }
  expect(await hashPieces(pieces, { signal })).toEqual(starts.map((start) => truth.slice(start, start + FRAMES)))
})

test('a scene without a window leaves the others as they are', async () => {
  await mkdir(join(folder.path, 'beyond'))
  const [first, ...others] = cutsIn('beyond')
  const beyond = { start: 1_000_000, frames: FRAMES, file: join(folder.path, 'beyond', 'none.mkv') }
  const skips = await cutPieces(copy, [...(first === undefined ? [] : [first]), beyond, ...others], { signal })
  expect(skips.map((skip) => skip !== undefined)).toEqual([true, false, true, true])
})

test('of pieces one of which is damaged none is proved together', async () => {
  const pieces = await cutIn('damaged')
  await writeFile(pieces[1]?.pieceFile ?? '', 'no film')
  expect(await hashPieces(pieces, { signal })).toBeUndefined()
  expect(await hashPieces([...pieces.slice(0, 1), ...pieces.slice(2)], { signal })).toHaveLength(2)
})
