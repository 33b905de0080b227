import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { processIo } from '../src/node/cli/io.ts'
import { definitions } from '../src/node/cli/definitions.ts'
import { createProgram } from '../src/node/cli/program.ts'
import { commandsMarkdown } from '../src/node/cli/reference/markdown.ts'

/** Where the part begins that is made from the definitions; what stands before it is written by hand. */
const MADE_FROM = '\n## The commands\n'

const page = join(import.meta.dirname, '../docs/cli.md')
const [head = ''] = (await readFile(page, 'utf8')).split(MADE_FROM)
const program = createProgram(processIo(), () => {}, definitions)
await writeFile(page, `${head}\n${commandsMarkdown(program)}\n`)
