import { appendFile, chmod, copyFile, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { linkedLibraries } from '../../../src/platform/linked-libraries.ts'

let folder: string
const at = (name: string): string => join(folder, name)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'grav1-ldd-'))
})
afterAll(async () => rm(folder, { recursive: true }))

/** An `ldd` of a few lines of sh, which notes that it ran. */
async function ldd(name: string, lines: string): Promise<string> {
  await writeFile(at(name), `#!/bin/sh\necho ran >> ${at(`${name}.runs`)}\n${lines}\n`)
  await chmod(at(name), 0o755)
  return at(name)
}
const runs = async (name: string): Promise<number> =>
  (await readFile(at(`${name}.runs`), 'utf8')).split('\n').length - 1

test.skipIf(process.platform !== 'linux')(
  'ldd is asked once, and again when the program or a library changes',
  async () => {
    await copyFile(process.execPath, at('program'))
    await writeFile(at('lib.so'), '')
    const init = { ldd: await ldd('told', `echo "	lib.so => ${at('lib.so')} (0x00007f0000000000)"`) }
    const ask = (): unknown => linkedLibraries(at('program'), init)
    expect([ask(), ask()]).toEqual([[at('lib.so')], [at('lib.so')]])
    expect(await runs('told')).toBe(1)
    await appendFile(at('lib.so'), 'x')
    ask()
    expect(await runs('told')).toBe(2)
    await utimes(at('program'), 1, 1)
    ask()
    expect(await runs('told')).toBe(3)
  }
)

test.skipIf(process.platform === 'win32').for([
  ['hangs', 'exec sleep 1000'],
  ['fails', 'exit 1'],
  ['misses a library', 'echo "	libx.so => not found"']
] as const)('where ldd %s, nobody waits and nothing is kept', async ([what, lines]) => {
  const name = what.replaceAll(' ', '-')
  const init = { ldd: await ldd(name, lines), msMax: 5_000 }
  expect(linkedLibraries(process.execPath, init)).toBeUndefined()
  expect(linkedLibraries(process.execPath, init)).toBeUndefined()
  expect(await runs(name)).toBe(2)
})

test('a static program has no libraries', async () => {
  const init = { ldd: await ldd('static', 'echo "	not a dynamic executable" >&2; exit 1') }
  expect(linkedLibraries(at('static'), init)).toEqual([])
})
