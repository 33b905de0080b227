import { execFile } from 'node:child_process'
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { makeFilm, type FilmInit } from '../fixtures/film.ts'
import type { JoinCost } from '../fixtures/join-film.ts'
import { tempDir } from '../fixtures/temp-dir.ts'

const exec = promisify(execFile)
const child = resolve(import.meta.dirname, '../fixtures/join-film-child.ts')
const MIB = 1024 * 1024

/** What joining may take of the node's memory, whatever the film: a few read buffers, 256 KiB of frames to be written, and a line for each of 10,000 frames. The film itself is larger. */
const JOIN_BYTES_MAX = 24 * MIB

/** A file that is written, a program's pipes, the count's own, and the files of scenes that are read or close: some ten, more on a busy machine. A leak would be one for each of 1,500 scenes. */
const JOIN_DESCRIPTORS_MAX = 64

/** Streams close a moment after their end. */
const STILL_CLOSING_MAX = 2

test('a film of 1,500 scenes is joined in little memory, and every file is closed again', async () => {
  const folder = await tempDir()
  const film = async (name: string, init: FilmInit): Promise<string> => {
    const place = join(folder, name)
    await mkdir(place)
    await writeFile(join(place, 'film.json'), JSON.stringify(await makeFilm(place, init)))
    return join(place, 'film.json')
  }
  // The first one loads the code, and whatever is only opened once.
  const films = [
    await film('short', { scenes: 5, framesPerScene: 20, noisy: true }),
    await film('long', { scenes: 1500, framesPerScene: 20, noisy: true })
  ]
  // A small young generation: on a busy machine V8 collects late, and what it has not collected is no cost of a join.
  const flags = ['--expose-gc', '--max-semi-space-size=2']
  const { stdout } = await exec(process.execPath, [...flags, child, ...films])
  const costs = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as JoinCost)
  expect(costs.map(({ frames }) => frames)).toEqual([100, 30_000])
  const long = costs[1]!
  expect((await stat(join(folder, 'long/film.mkv'))).size).toBeGreaterThan(JOIN_BYTES_MAX)
  expect(long.rssBytesPeak - long.rssBytesBefore).toBeLessThan(JOIN_BYTES_MAX)
  expect(long.descriptorsPeak - long.descriptorsBefore).toBeLessThanOrEqual(JOIN_DESCRIPTORS_MAX)
  expect(long.descriptorsAfter - long.descriptorsBefore).toBeLessThanOrEqual(STILL_CLOSING_MAX)
  expect((await readdir(join(folder, 'long/work'))).toSorted()).toEqual(['mkvmerge.json', 'timestamps.txt'])
})
