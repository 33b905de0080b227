import { readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { takeEpoch } from '../../../../src/node/owner/reign.ts'
import { tempDir } from '../../../fixtures/temp-dir.ts'

test('one more at each start', async () => {
  const folder = await tempDir()
  expect(await takeEpoch(folder, 0)).toBe(1)
  expect(await takeEpoch(folder, 0)).toBe(2)
  expect(await takeEpoch(folder, 1)).toBe(3)
  expect(await readFile(join(folder, 'epoch'), 'utf8')).toBe('3\n')
})

test.for(['missing', 'empty', 'cut', 'garbage', 'negative'] as const)(
  'a file that is %s: the logs say',
  async (how) => {
    const folder = await tempDir()
    const path = join(folder, 'epoch')
    await writeFile(path, '41\n')
    if (how === 'missing') await rm(path)
    else if (how === 'cut') await truncate(path, 1)
    else await writeFile(path, { empty: '', garbage: '\0\u0001x', negative: '-7\n' }[how])
    expect(await takeEpoch(folder, 41)).toBe(42)
    expect(await takeEpoch(folder, 0)).toBe(43)
  }
)

test('the higher of file and logs counts', async () => {
  const folder = await tempDir()
  expect(await takeEpoch(folder, 900)).toBe(901)
  expect(await takeEpoch(folder, 5)).toBe(902)
})
