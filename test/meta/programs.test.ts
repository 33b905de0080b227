import { expect, test } from 'vitest'
import { filesBelow, read } from './doc-files.ts'

/** What `src/platform/priority.ts` names as exceptions, the program that ends programs on Windows, the one that ends what is left of others, the terminal interface beside a node, the user's browser, and short questions to the system. */
const OTHERS = [
  'src/node/cli/run-self.ts',
  'src/node/encoders/node-av-package.ts',
  'src/node/hooks/on-complete.ts',
  'src/platform/ask-program.ts',
  'src/platform/browser.ts',
  'src/platform/kill.ts',
  'src/platform/leftovers.ts',
  'src/platform/sandbox/find-sandbox.ts',
  'src/platform/linked-libraries.ts'
]

test('programs are started in one place, which gives each its priority', async () => {
  const starters: string[] = []
  for (const file of await filesBelow('src', '.ts'))
    if (/from 'node:child_process'/.test(await read(file))) starters.push(file)
  expect(starters.toSorted()).toEqual(['src/encode/programs/spawn-program.ts', ...OTHERS].toSorted())
})
