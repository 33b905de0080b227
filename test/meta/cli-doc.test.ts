import { expect, test } from 'vitest'
import { definitions } from '../../src/node/cli/definitions.ts'
import { createProgram } from '../../src/node/cli/program.ts'
import { describeProgram } from '../../src/node/cli/reference/describe.ts'
import { commandsMarkdown } from '../../src/node/cli/reference/markdown.ts'
import { fakeIo } from '../unit/node/cli/fixtures.ts'
import { read } from './doc-files.ts'

const program = createProgram(fakeIo().io, () => {}, definitions)

test('docs/cli.md ends with the commands as the code has them; "npm run docs:cli" writes it', async () => {
  const page = await read('docs/cli.md')
  expect(page.slice(page.indexOf('## The commands'))).toBe(`${commandsMarkdown(program)}\n`)
})

test('every command has a sentence, a group and --json, and every argument and option its help', () => {
  for (const { name, help, group, args, optionGroups } of describeProgram(program).commands) {
    const options = optionGroups.flatMap((one) => one.options)
    expect([name, help, group]).not.toContain('')
    expect(
      options.flatMap(({ names }) => names),
      name
    ).toContain('--json')
    for (const { help: text } of [...args, ...options]) expect(text, name).not.toBe('')
  }
})

test('no two options of a command share a name', () => {
  for (const { name, optionGroups } of describeProgram(program).commands) {
    const names = optionGroups.flatMap((one) => one.options.flatMap((option) => option.names))
    expect(names.length, name).toBe(new Set(names).size)
  }
})
