import { expect, test } from 'vitest'
import { z } from 'zod'
import { read } from './doc-files.ts'

const manifest = z.object({
  dependencies: z.record(z.string(), z.string()),
  devDependencies: z.record(z.string(), z.string())
})

test('docs/dependencies.md gives a reason for each dependency and for no other', async () => {
  const { dependencies, devDependencies } = manifest.parse(JSON.parse(await read('package.json')))
  const table = await read('docs/dependencies.md')
  const explained = [...table.matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1] ?? '')
  expect(explained.sort()).toEqual(Object.keys({ ...dependencies, ...devDependencies }).sort())
})
