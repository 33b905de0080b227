import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openTerminal } from '../../fixtures/terminal.ts'
import { tempDir } from '../../fixtures/temp-dir.ts'

const RUN_SELF = join(import.meta.dirname, '../../../src/node/cli/run-self.ts')

/** Runs itself, and that one makes the terminal raw and is killed. What the terminal is then, it says itself: at its end Node tidies up. */
const PROGRAM = `
import { spawnSync } from 'node:child_process'
import { runSelf } from ${JSON.stringify(RUN_SELF)}
if (process.argv[2] === 'killed') {
  process.stdin.setRawMode(true)
  process.kill(process.pid, 'SIGKILL')
} else {
  console.log('code', await runSelf(['killed'], { signal: new AbortController().signal }))
  spawnSync('stty', ['-a'], { stdio: 'inherit' })
}
`

test('a terminal echoes and knows Ctrl-C again after the program on it was killed', async () => {
  const program = join(await tempDir(), 'program.ts')
  await writeFile(program, PROGRAM)
  const command = `'${process.execPath}' '${program}'`
  const terminal = await openTerminal({ columns: 100, rows: 24, command })
  const screen = await terminal.shows('ended 0')
  expect(screen).toContain('code null')
  expect(screen).toMatch(/[^-]isig [^]*[^-]echo /)
})
