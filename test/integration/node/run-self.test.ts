import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
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

/** Runs itself, and that one ignores the signal that ends it. */
const STUBBORN = `
import { runSelf } from ${JSON.stringify(RUN_SELF)}
if (process.argv[2] === 'stubborn') {
  process.on('SIGTERM', () => {})
  process.on('disconnect', () => {})
  setInterval(() => {}, 1000)
  process.kill(process.ppid, 'SIGUSR2')
} else {
  const abort = new AbortController()
  process.once('SIGUSR2', () => abort.abort())
  console.log('code', await runSelf(['stubborn'], { signal: abort.signal }))
}
`

test('a program that does not end with the signal is killed', async () => {
  const program = join(await tempDir(), 'program.ts')
  await writeFile(program, STUBBORN)
  const { stdout } = await promisify(execFile)(process.execPath, [program], { timeout: 60_000 })
  expect(stdout).toBe('code null\n')
})
