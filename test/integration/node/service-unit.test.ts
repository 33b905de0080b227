import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findProgram } from '../../../src/platform/index.ts'
import { systemdUnit } from '../../../src/node/service/systemd-unit.ts'
import { service } from '../../unit/node/service/service-init.ts'

const hasSystemd = findProgram('systemd-analyze') !== undefined
if (!hasSystemd) console.error('*** SKIPPED: the unit was not analysed, since there is no systemd-analyze ***')

/** In tenths: 3.0. */
const EXPOSURE_MAX = '30'

/** What bubblewrap calls besides what every program does, as strace shows it. */
const OF_SANDBOX = ['capget', 'capset', 'clone', 'mount', 'pivot_root', 'prctl', 'seccomp', 'umount2', 'unshare']
/** What node calls. */
const OF_NODE = ['epoll_wait', 'setpriority', 'socket', 'mprotect', 'statfs', 'fsync', 'renameat2']

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'grav1-unit-'))
})
afterAll(async () => rm(folder, { recursive: true }))

async function analyse(verb: readonly string[], unit: string) {
  const file = join(folder, 'grav1.service')
  await writeFile(file, unit)
  return execa('systemd-analyze', [...verb, file], { reject: false, all: true, env: { SYSTEMD_PAGER: '' } })
}

test.skipIf(!hasSystemd).for([
  ['nothing but a worker', service()],
  ['films', service({ filmFolders: ['/srv/films', '/srv/my films'] })],
  ['all of it in a home', service({ dataDir: '/home/a/d', filmFolders: ['/home/a/f'], programFolders: ['/home/a/n'] })]
] as const)('its exposure is at most 3.0, and systemd understands every line: %s', async ([, init]) => {
  const score = ['security', '--offline=true', `--threshold=${EXPOSURE_MAX}`]
  const { exitCode, all } = await analyse(score, systemdUnit(init))
  expect(exitCode, all).toBe(0)
  expect(all).not.toMatch(/Unknown|Failed|ignoring/i)
})

/** The system calls of a group, and of the groups in it. */
async function callsOf(group: string): Promise<string[]> {
  const { stdout } = await execa('systemd-analyze', ['syscall-filter', group])
  const names = stdout.split('\n').flatMap((line) => /^ {4}([@\w-]+)$/.exec(line)?.[1] ?? [])
  const inner = names.filter((name) => name.startsWith('@'))
  return [...names, ...(await Promise.all(inner.map(callsOf))).flat()]
}

test.skipIf(!hasSystemd)('its filter lets through what node and the sandbox of encoders call', async () => {
  const filter = /^SystemCallFilter=(.*)$/m.exec(systemdUnit(service()))?.[1]?.split(' ') ?? []
  const groups = filter.filter((name) => name.startsWith('@'))
  const calls = [...filter, ...(await Promise.all(groups.map(callsOf))).flat()]
  expect(calls).toEqual(expect.arrayContaining([...OF_SANDBOX, ...OF_NODE]))
  expect(calls).not.toContain('reboot')
})
