import { expect, test } from 'vitest'
import { SHOWN } from '../fixtures/shown.ts'
import { read } from './doc-files.ts'

test('docs/swarm.md says what strangers see as a real owner shows it', async () => {
  const [, table = ''] = (await read('docs/swarm.md')).split('\n| what | film for all | film for trusted peers |\n')
  const [, ...rows] = (table.split('\n\n')[0] ?? '').split('\n')
  // test/integration/node/shown.test.ts holds these rows to a node.
  expect(rows).toEqual(SHOWN.map(({ what, all, trusted }) => `| ${what} | ${all} | ${trusted} |`))
})
