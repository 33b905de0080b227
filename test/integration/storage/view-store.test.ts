import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createViewStore } from '../../../src/storage/index.ts'
import { tempDir } from '../../fixtures/temp-dir.ts'
import type { KeptViews } from '../../../src/swarm/index.ts'

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text))

async function all(store: KeptViews): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  for await (const { projectId, bytes } of store.all()) found[projectId] = Buffer.from(bytes).toString()
  return found
}

async function store() {
  const folder = join(await tempDir(), 'views')
  return { folder, views: createViewStore(folder) }
}

test('what was put last comes back, from another start too', async () => {
  const { folder, views } = await store()
  expect(await all(views)).toEqual({})
  for (const [id, text] of [
    ['a', 'one'],
    ['b', 'two'],
    ['a', 'three']
  ] as const)
    await views.put(id, bytes(text))
  expect(await all(createViewStore(folder))).toEqual({ a: 'three', b: 'two' })
})

test('what is deleted is gone, and may be deleted again', async () => {
  const { views } = await store()
  await views.put('a', bytes('one'))
  await views.delete('a')
  await views.delete('a')
  expect(await all(views)).toEqual({})
})

test.for([
  ['with another bit', (content: Buffer) => content.fill(content[9]! ^ 1, 9, 10)],
  ['cut short', (content: Buffer) => content.subarray(0, -1)],
  ['empty', () => Buffer.alloc(0)]
] as const)('a file %s is removed, and the others are read', async ([, change]) => {
  const { folder, views } = await store()
  await views.put('a', bytes('one film'))
  await views.put('b', bytes('another'))
  await writeFile(join(folder, 'a'), change(await readFile(join(folder, 'a'))))
  expect(await all(views)).toEqual({ b: 'another' })
  expect(await readdir(folder)).toEqual(['b'])
})

test('a name that is no id of a project reaches no file', async () => {
  const { views } = await store()
  await expect(views.put('../a', bytes('one'))).rejects.toThrow(RangeError)
})

test('a file that was whole and not renamed when its node was killed is of no project', async () => {
  const { folder, views } = await store()
  await views.put('a', bytes('one film'))
  await writeFile(join(folder, 'b.4194304.new'), await readFile(join(folder, 'a')))
  expect(await all(views)).toEqual({ a: 'one film' })
})
