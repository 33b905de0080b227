import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, onTestFinished, test } from 'vitest'
import { program } from '../../fixtures/program.ts'

interface Printed {
  readonly node: string | null
  readonly checks: readonly { readonly check: string; readonly state: string; readonly mend: string | null }[]
}

test('a machine without programs and with a taken port is told what to do, and the exit code says so', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'grav1-doctor-'))
  const server = createServer().listen(0, '127.0.0.1')
  onTestFinished(async () => {
    server.close()
    await rm(folder, { recursive: true })
  })
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const env = {
    PATH: folder,
    GRAV1_NODE_AV: folder,
    GRAV1_API_PORT: String(port),
    GRAV1_LISTEN: '/ip4/127.0.0.1/tcp/0',
    XDG_CONFIG_HOME: folder
  }
  const args = [program, 'doctor', '--json', '--data-dir', join(folder, 'data')]
  const { exitCode, stdout, stderr } = await execa(process.execPath, args, { env, reject: false, stdin: 'ignore' })
  expect(exitCode, stderr).toBe(1)
  const { node, checks }: Printed = JSON.parse(stdout)
  const stateOf = (name: string) => checks.find(({ check }) => check === name)
  expect(node).toBeNull()
  expect(stateOf('ffmpeg')).toMatchObject({ state: 'warning' })
  expect(stateOf('mkvmerge')).toMatchObject({ state: 'warning' })
  expect(stateOf('encoders')).toMatchObject({ state: 'problem', mend: 'grav1 encoders add' })
  expect(stateOf('port for web and API')).toMatchObject({ state: 'problem' })
  expect(stateOf('port for peers')).toMatchObject({ state: 'ok' })
  expect(checks.every(({ state, mend }) => (state === 'ok') === (mend === null))).toBe(true)
})
