import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createOnComplete } from '../../../../src/node/hooks/on-complete.ts'
import { eventually } from '../../../fixtures/eventually.ts'
import { tempDir } from '../../../fixtures/temp-dir.ts'
import { projectOf } from '../../../fixtures/web-data.ts'

const TITLE = '$(touch pwned) `id` "; rm -rf . #\n%s'

async function bench(script: string, timeoutMs?: number) {
  const folder = await tempDir()
  const program = join(folder, 'a program')
  await writeFile(program, `#!/bin/sh\ncd "${folder}"\n${script}\n`)
  await chmod(program, 0o755)
  const lines: { how?: string; output?: string }[] = []
  const log = { debug: () => {}, warn: () => {}, error: () => {}, info: (fields: object) => void lines.push(fields) }
  const command = createOnComplete(log, { program, ...(timeoutMs == null ? {} : { timeoutMs }) })
  onTestFinished(async () => command.stop())
  const run = (): void =>
    command.run({
      event: 'project.completed',
      project: projectOf({ title: TITLE, state: 'completed', outputPath: '/films/a b.mkv' })
    })
  return { folder, command, lines, run }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe('the program of --on-complete', () => {
  it('gets everything in its environment, and nobody reads a title as a command', async () => {
    const { folder, lines, run } = await bench(
      'printf "%s|%s|%s|%s|%s" "$#" "$GRAV1_PROJECT_ID" "$GRAV1_STATE" "$GRAV1_OUTPUT" "$GRAV1_TITLE" > seen; echo said'
    )
    run()
    await eventually('it ended', () => lines.length === 1)
    expect(await readFile(join(folder, 'seen'), 'utf8')).toBe(`0|film-1|completed|/films/a b.mkv|${TITLE}`)
    expect(lines).toMatchObject([{ how: 'exit code 0', output: 'said\n' }])
    await expect(readFile(join(folder, 'pwned'))).rejects.toThrow('ENOENT')
  })

  it('is killed with what it started when it takes too long', async () => {
    const { folder, lines, run } = await bench('sleep 100 & echo $! > child; wait', 300)
    run()
    await eventually('it was killed', () => lines.length === 1)
    expect(lines[0]?.how).toBe('was killed by SIGKILL')
    const child = Number(await readFile(join(folder, 'child'), 'utf8'))
    await eventually('what it started is gone', () => !isAlive(child))
  })

  it('is killed when the node stops', async () => {
    const { folder, command, lines, run } = await bench('echo begun > begun; sleep 100')
    run()
    run()
    await eventually('it runs', async () => (await readFile(join(folder, 'begun'), 'utf8').catch(() => '')) !== '')
    await command.stop()
    expect(lines).toHaveLength(1)
  })

  it('may be missing, and only the end of what it says is kept', async () => {
    const { lines, run } = await bench('head -c 100000 /dev/zero | tr "\\0" x; echo end')
    run()
    await eventually('it ended', () => lines.length === 1)
    expect(lines[0]?.output).toHaveLength(4096)
    expect(lines[0]?.output?.endsWith('xend\n')).toBe(true)
    const told: { how?: string }[] = []
    const log = { debug: () => {}, warn: () => {}, error: () => {}, info: (fields: object) => void told.push(fields) }
    createOnComplete(log, { program: 'no-such-program-here' }).run({ event: 'project.failed', project: projectOf() })
    await eventually('it was said', () => told.length === 1)
    expect(told[0]?.how).toContain('could not be started')
  })
})
