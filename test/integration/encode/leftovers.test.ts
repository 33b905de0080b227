import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { spawnProgram } from '../../../src/encode/programs/spawn-program.ts'
import { chooseSandbox } from '../../../src/platform/index.ts'
import { eventually } from '../../fixtures/eventually.ts'

/** How many programs a process has started that are there still. */
async function startedBy(pid: number): Promise<number> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const environments = await Promise.all(
    pids.map(async (one) => readFile(`/proc/${one}/environ`, 'latin1').catch(() => ''))
  )
  return environments.filter((text) => text.includes(`GRAV1_PROGRAM=${pid}-`)).length
}

beforeAll(() => {
  chooseSandbox('auto')
})

describe.skipIf(process.platform !== 'linux')('a program that is killed while it starts', () => {
  test('is gone, at whatever moment it is told to go', async () => {
    const { signal } = new AbortController()
    for (let round = 0; round < 4; round += 1) {
      const programs = Array.from({ length: 10 }, () => spawnProgram('perl', ['-e', 'sleep 600'], { signal }))
      await Promise.all(
        programs.map(async (program, at) => {
          await after(at * 4)
          program.kill()
          await program.ended
        })
      )
    }
    await eventually('no program to be left', async () => (await startedBy(process.pid)) === 0, { deadlineMs: 20_000 })
  })

  test.for([0, 10, 20, 40])('ends after its node, which is killed %i ms after it started it', async (ms) => {
    const script = join(import.meta.dirname, '../../fixtures/start-and-die.ts')
    const node = spawn(process.execPath, [script, String(ms)], { stdio: ['ignore', 'ignore', 'inherit'] })
    const [, killedBy] = await once(node, 'exit')
    expect(killedBy).toBe('SIGKILL')
    const pid = node.pid ?? 0
    await eventually('none to be left', async () => (await startedBy(pid)) === 0, { deadlineMs: 20_000 })
  })
})
