import { expect, test } from 'vitest'
import { submitOptionsTable } from '../../src/api/submit/options-table.ts'
import { optionsTable } from '../../src/node/config/index.ts'
import { read } from './doc-files.ts'

test('docs/options.md has the table of options as the code makes it', async () => {
  expect(await read('docs/options.md')).toContain(`\n${optionsTable()}\n`)
})

test('and the table of the options of a submission', async () => {
  expect(await read('docs/options.md')).toContain(`\n${submitOptionsTable()}\n`)
})
