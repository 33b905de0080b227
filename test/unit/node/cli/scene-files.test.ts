import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { photonNoiseTable } from '../../../../src/encode/rules/photon-noise.ts'
import { submitOptionValues } from '../../../../src/node/cli/submit-options.ts'
import { tempDir } from '../../../fixtures/temp-dir.ts'

test('zones and cuts are read from files, cuts also from the flag itself', async () => {
  const folder = await tempDir()
  await writeFile(join(folder, 'zones.txt'), '\uFEFF# the end\n100 200 reset --cq-level=40\n')
  await writeFile(join(folder, 'cuts'), '100\n00:01:00 # here\n')
  expect(await submitOptionValues({ zones: 'zones.txt', cuts: 'cuts', range: '10-20' }, folder)).toEqual({
    encoder: 'aom',
    zones: [{ start: '100', end: '200', reset: true, params: '--cq-level=40', line: 2 }],
    cuts: ['100', '00:01:00'],
    range: '10-20'
  })
  expect(await submitOptionValues({ cuts: '100, 00:10.5,300f' }, folder)).toEqual({
    encoder: 'aom',
    cuts: ['100', '00:10.5', '300f']
  })
  expect(await submitOptionValues({}, folder)).toEqual({ encoder: 'aom' })
})

test('the entries of a grain table become zones, beside which there are no others', async () => {
  const folder = await tempDir()
  const grain = { iso: 400, width: 64, height: 64, transfer: 'bt709' }
  const [head, ...entry] = photonNoiseTable(grain).split('\n')
  const [, ...lines] = entry
  const second = (at: number): string => [`E ${at}0000000 ${at + 1}0000000 1 400 1`, ...lines].join('\n')
  await writeFile(join(folder, 'one.tbl'), [head, ...entry].join('\n'))
  await writeFile(join(folder, 'two.tbl'), [head, second(1), second(5)].join('\n'))
  await writeFile(join(folder, 'zones.txt'), '0 10 --cq-level=3\n')
  const { encoderParams, zones: none } = await submitOptionValues({ grainTable: 'one.tbl' }, folder)
  expect(none).toBeUndefined()
  const { zones, encoderParams: silent } = await submitOptionValues({ grainTable: 'two.tbl' }, folder)
  expect(silent).not.toBe(encoderParams)
  expect(zones).toEqual([
    { start: '0:0:1.000', end: '0:0:2.000', params: encoderParams },
    { start: '0:0:5.000', end: '0:0:6.000', params: encoderParams }
  ])
  for (const other of ['zones', 'scenes'])
    await expect(submitOptionValues({ grainTable: 'two.tbl', [other]: 'zones.txt' }, folder)).rejects.toThrow(
      `--grain-table: the entries of two.tbl become zones; leave out --${other}.`
    )
  const one = await submitOptionValues({ grainTable: 'one.tbl', zones: 'zones.txt' }, folder)
  expect(one.zones).toHaveLength(1)
})

test('what cannot be read names the flag and the line', async () => {
  const folder = await tempDir()
  await writeFile(join(folder, 'zones.txt'), '1 2 --cq-level=3\n7\n')
  await writeFile(join(folder, 'cuts'), '1\nx\n')
  await expect(submitOptionValues({ zones: 'none' }, folder)).rejects.toMatchObject({
    code: 'usage',
    message: '--zones: none cannot be read.'
  })
  await expect(submitOptionValues({ zones: 'zones.txt' }, folder)).rejects.toThrow('--zones: Line 2: a zone is')
  await expect(submitOptionValues({ cuts: 'cuts' }, folder)).rejects.toThrow('--cuts: Line 2: "x" is neither')
})

test('what no node would take is refused here, with its flag', async () => {
  await expect(submitOptionValues({ range: 'x'.repeat(101) }, '/')).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringMatching(/^--range: /) as unknown
  })
  await expect(submitOptionValues({ builds: 'any' }, '/')).rejects.toThrow('--builds: ')
})
