import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  isManifestPlaceFree,
  manifestPathOf,
  openManifestPlace,
  removeUnfinishedFilm
} from '../../../../src/node/manifest/place.ts'
import { tempDir } from '../../../fixtures/temp-dir.ts'

test('a manifest takes the place of nothing, or of a manifest whose film is gone', async () => {
  const dir = await tempDir()
  const path = join(dir, 'free.json')
  expect(await isManifestPlaceFree(path)).toBe(true)
  await writeFile(path, '{"grav1Manifest":1,"what":"is left of it"}')
  expect(await isManifestPlaceFree(path)).toBe(true)
  for (const text of ['', '{}', 'a letter', '{"grav1Manifest":0}']) {
    await writeFile(path, text)
    expect([text, await isManifestPlaceFree(path)]).toEqual([text, false])
  }
  await mkdir(join(dir, 'folder'))
  expect(await isManifestPlaceFree(join(dir, 'folder'))).toBe(false)
})

test('it appears at once, and nothing is left of one that was not published', async () => {
  const dir = await tempDir()
  const place = join(dir, 'place')
  await mkdir(place)
  const film = join(place, 'film.mkv')
  const killed = await openManifestPlace(film, false, 'work')
  await killed.write('half')
  expect(await readdir(place)).not.toContain('film.mkv.grav1.json')
  const again = await openManifestPlace(film, false, 'work')
  await again.write('whole')
  await again.publish()
  expect(await readFile(manifestPathOf(film), 'utf8')).toBe('whole')
  await expect(openManifestPlace(film, false, 'work')).rejects.toMatchObject({ code: 'output-exists' })
  await (await openManifestPlace(film, true, 'work')).write('another')
  await removeUnfinishedFilm(film, 'work')
  expect(await readdir(place)).toEqual(['film.mkv.grav1.json'])
  expect(await readFile(manifestPathOf(film), 'utf8')).toBe('whole')
})

test.each(['n'.repeat(251), '映'.repeat(83)])(
  'a long name has a manifest of its own whose name a disk takes',
  (stem) => {
    const [one, other] = [manifestPathOf(`/films/${stem}.mkv`), manifestPathOf(`/films/${stem}.mp4`)]
    expect(Buffer.byteLength(one.slice('/films/'.length))).toBeLessThanOrEqual(255)
    expect(one).toMatch(/^\/films\/\S+\.[\da-f]{8}\.grav1\.json$/)
    expect(one).not.toBe(other)
  }
)
