import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'vitest'
import { eventually } from '../../fixtures/eventually.ts'

const fixture = resolve(import.meta.dirname, '../../fixtures/with-parent.ts')
const script = `
import { spawn } from 'node:child_process'
const { endingWithParent } = await import(${JSON.stringify(fixture)})
const child = spawn(...endingWithParent(process.execPath, ['-e', 'setInterval(() => {}, 1000)']), { detached: true, stdio: 'ignore' })
console.log(child.pid)
`

test.runIf(process.platform === 'linux').for(['SIGINT', 'SIGKILL'] as const)(
  'a node of a test ends with the process that started it: %s',
  async (signal) => {
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit']
    })
    const [pid] = (await once(createInterface(parent.stdout), 'line')) as [string]
    // Before that it has not asked the kernel for its end.
    await eventually('the child to be the node', () =>
      readFileSync(`/proc/${pid}/cmdline`, 'latin1').startsWith(process.execPath)
    )
    parent.kill(signal)
    await once(parent, 'exit')
    await eventually('the child to end', () => !existsSync(`/proc/${pid}`))
  }
)
