import { readdir } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { submitOptionsTable } from '../../src/api/submit/options-table.ts'
import { optionsTable } from '../../src/node/config/index.ts'
import { LOG_ROOMS, logRoomsTable } from '../../src/node/log/rooms.ts'
import { read } from './doc-files.ts'

test('docs/options.md has the table of options as the code makes it', async () => {
  expect(await read('docs/options.md')).toContain(`\n${optionsTable()}\n`)
})

test('and the table of the options of a submission', async () => {
  expect(await read('docs/options.md')).toContain(`\n${submitOptionsTable()}\n`)
})

test('the table of parts that log is the one of the code', async () => {
  expect(await read('docs/troubleshooting.md')).toContain(`\n${logRoomsTable()}\n`)
})

test('every part that can be told to log more does log', async () => {
  const boot = await readdir('src/node/boot')
  const wiring = (await Promise.all(boot.map(async (name) => read(`src/node/boot/${name}`)))).join('')
  for (const room of Object.keys(LOG_ROOMS)) expect(wiring).toMatch(new RegExp(`roomLog\\(\\w+(\\.log)?, '${room}'\\)`))
})
