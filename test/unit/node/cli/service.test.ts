import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { findProgram } from '../../../../src/platform/index.ts'
import { main } from '../../../../src/node/main.ts'
import { fakeIo } from './fixtures.ts'

/** Where there is no systemd, the command says so and the rest cannot be seen. */
const hasSystemd = findProgram('systemctl') !== undefined

async function service(args: readonly string[]) {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'grav1-service-')))
  onTestFinished(async () => rm(folder, { recursive: true }))
  const config = join(folder, 'config.toml')
  await writeFile(config, `media = ["${folder}"]\nworkers = 3\n`)
  const { io, out, err } = fakeIo({ cwd: folder, env: { XDG_CONFIG_HOME: folder, GRAV1_DATA_DIR: '/not/this' } })
  const code = await main(['service', ...args.map((word) => word.replace('CONFIG', config))], io)
  return { code, out: out.join('\n'), err: err.join('\n'), folder, config }
}

test.skipIf(!hasSystemd)(
  'an installation can be looked at first: config file, folders of films, data folder',
  async () => {
    const { code, out, folder, config } = await service(['install', '--dry-run', '--config', 'CONFIG'])
    expect(code).toBe(0)
    expect(out).toMatch(
      new RegExp(`^ExecStart=.*grav1.js.* node --plain --config ${config} --data-dir /var/lib/grav1$`, 'm')
    )
    expect(out).toContain(`ReadWritePaths=${folder}`)
    expect(out).not.toContain('/not/this')
  }
)

test.skipIf(!hasSystemd)('one of a user is in the folder of its configuration', async () => {
  const { out, folder } = await service(['install', '--user', '--dry-run', '--json', '--data-dir', '/srv/mine'])
  const { steps }: { steps: { type: string; path?: string; text?: string }[] } = JSON.parse(out)
  const unit = steps.find(({ type }) => type === 'write')
  expect(unit?.path).toBe(join(folder, 'systemd/user/grav1.service'))
  expect(unit?.text).toContain('--data-dir /srv/mine')
})

test.skipIf(!hasSystemd)('what is not there cannot be removed, and does not run', async () => {
  const removed = await service(['remove', '--user'])
  expect([removed.code, removed.err]).toEqual([1, expect.stringContaining('The service is not installed')])
  const shown = await service(['status', '--user'])
  expect([shown.code, shown.out]).toEqual([1, expect.stringContaining('not installed')])
})
