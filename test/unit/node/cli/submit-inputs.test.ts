import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { submitInputs } from '../../../../src/node/cli/submit-inputs.ts'
import { makeResultsFolder, placeOf } from '../../../../src/node/cli/submit-place.ts'
import { tempDir } from '../../../fixtures/temp-dir.ts'

async function season(): Promise<string> {
  const cwd = await tempDir()
  await mkdir(join(cwd, 's1', 'extras'), { recursive: true })
  for (const name of ['e10.mkv', 'e2.MKV', '.e3.mkv', 'e2.srt', 'a[1].mp4', join('extras', 'x.mkv')])
    await writeFile(join(cwd, 's1', name), '')
  await mkdir(join(cwd, 'none'))
  return cwd
}

test('a folder is the videos in it, in the order of their numbers', async () => {
  const cwd = await season()
  const films = ['a[1].mp4', 'e2.MKV', 'e10.mkv'].map((name) => join(cwd, 's1', name))
  expect(await submitInputs(['s1'], cwd)).toEqual(films)
  expect(await submitInputs([`${cwd}/s1/`, 's1/e2.MKV'], cwd)).toEqual(films)
})

test('a pattern is what matches; a file with such a name is itself, and what is not here is passed on', async () => {
  const cwd = await season()
  const at = (...names: string[]) => join(cwd, 's1', ...names)
  expect(await submitInputs(['s1/e*'], cwd)).toEqual([at('e2.MKV'), at('e10.mkv')])
  expect(await submitInputs(['**/*.mkv'], cwd)).toEqual([at('e10.mkv'), at('extras', 'x.mkv')])
  expect(await submitInputs(['s1/a[1].mp4'], cwd)).toEqual([at('a[1].mp4')])
  expect(await submitInputs(['away.mkv', '/elsewhere/b.mkv'], cwd)).toEqual([join(cwd, 'away.mkv'), '/elsewhere/b.mkv'])
})

test.for(['none', '*.avi', 's1/extras/*.srt'])('%s has no video: wrong use', async (input) => {
  await expect(submitInputs([input], await season())).rejects.toMatchObject({ name: 'CliError', code: 'usage' })
})

test('results lie where the command says', async () => {
  const cwd = await season()
  const one = { cwd, films: 1 }
  const two = { cwd, films: 2 }
  const at = (...names: string[]) => join(cwd, ...names)
  expect(await placeOf({}, two)).toEqual({ folder: undefined, output: undefined })
  expect(await placeOf({ output: 'a.mkv' }, one)).toEqual({ folder: undefined, output: at('a.mkv') })
  expect(await placeOf({ output: 'new/' }, two)).toEqual({ folder: at('new'), output: at('new') })
  expect(await placeOf({ outputDir: 'out' }, two)).toEqual({ folder: at('out'), output: at('out') })
  expect(await placeOf({ outputDir: 'out', output: '{stem}.mp4' }, two)).toEqual({
    folder: at('out'),
    output: at('out', '{stem}.mp4')
  })
  expect(await placeOf({ output: 'none' }, two)).toEqual({ folder: undefined, output: at('none') })
  await expect(placeOf({ output: 'a.mkv' }, two)).rejects.toMatchObject({ code: 'usage' })
})

test('a folder that cannot be made is wrong use', async () => {
  const cwd = await season()
  await makeResultsFolder(join(cwd, 'a', 'b'))
  await expect(makeResultsFolder(join(cwd, 's1', 'e10.mkv', 'b'))).rejects.toMatchObject({ code: 'usage' })
})
