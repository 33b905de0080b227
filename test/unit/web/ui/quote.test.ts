import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { curlLine, grav1Line, shellWord } from '../../../../web/src/ui/quote.ts'

const run = promisify(execFile)
const BASE = 'http://127.0.0.1:7899/'

test('a shell takes any text as the one word that it is', async () => {
  const text = fc.string({ unit: 'binary', maxLength: 40 }).filter((word) => !word.includes('\0'))
  await fc.assert(
    fc.asyncProperty(fc.array(text, { minLength: 20, maxLength: 40 }), async (words) => {
      const script = `printf '%s\\0' ${words.map(shellWord).join(' ')}`
      const { stdout } = await run('sh', ['-c', script], { encoding: 'buffer' })
      const expected = Buffer.concat(words.map((word) => Buffer.from(`${word}\0`)))
      expect(stdout.equals(expected)).toBe(true)
    }),
    { numRuns: 10 }
  )
})

test('curl', () => {
  const action = { method: 'PATCH', path: 'api/v2/projects/a', body: { priority: -1 } } as const
  expect(curlLine(action, BASE, false)).toBe(
    `curl -X PATCH http://127.0.0.1:7899/api/v2/projects/a -H 'content-type: application/json' -d '{"priority":-1}'`
  )
  expect(curlLine({ method: 'GET', path: 'api/v2/status' }, BASE, true)).toBe(
    'curl http://127.0.0.1:7899/api/v2/status -H "authorization: Bearer $GRAV1_TOKEN"'
  )
})

test('a name with quotes stays a name', () => {
  const action = {
    method: 'POST',
    path: 'api/v2/projects',
    body: { input: `/films/it's; rm -rf "$HOME".mkv` }
  } as const
  expect(curlLine(action, BASE, false)).toContain(String.raw`-d '{"input":"/films/it'\''s; rm -rf \"$HOME\".mkv"}'`)
})

test('a command of grav1 names the node', () => {
  expect(grav1Line(['submit', '/films/a b.mkv', '--params', '--cpu-used=4'], BASE)).toBe(
    `grav1 submit '/films/a b.mkv' --params --cpu-used=4 --api http://127.0.0.1:7899`
  )
})
