import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { execa } from 'execa'
import { oneAtATime } from '../fixtures/one-at-a-time.ts'
import { ROOT } from './doc-files.ts'

const cache = join(ROOT, 'node_modules/.cache/grav1-test')
const name = `test-${process.pid}`

test('tasks of one name wait for each other, others do not', async () => {
  const said: string[] = []
  const [begun, first] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const one = oneAtATime(name, async () => {
    begun.resolve()
    await first.promise
    said.push('one ends')
  })
  await begun.promise
  const two = oneAtATime(name, async () => void said.push('two'))
  await oneAtATime(`${name}-other`, async () => void said.push('other'))
  first.resolve()
  await Promise.all([one, two])
  expect(said).toEqual(['other', 'one ends', 'two'])
  expect((await readdir(cache)).filter((file) => file.startsWith(name))).toEqual([])
})

test('a process that died in its turn holds nobody up, and a task that fails neither', async () => {
  const { stdout } = await execa(process.execPath, ['-p', 'process.pid'])
  await mkdir(cache, { recursive: true })
  await writeFile(join(cache, `${name}.lock`), stdout)
  await expect(oneAtATime(name, async () => Promise.reject(new Error('failed')))).rejects.toThrow('failed')
  expect(await oneAtATime(name, async () => 'done')).toBe('done')
})
