import { join } from 'node:path'
import { SERVICE_USER, systemdUnit } from './systemd-unit.ts'
import type { ServiceInit, ServiceManager, Step } from './types.ts'

const UNIT = 'grav1.service'

const addUser = (dataDir: string): Step => ({
  type: 'run',
  words: ['useradd', '--system', '--user-group', '--home-dir', dataDir, '--shell', '/usr/sbin/nologin', SERVICE_USER],
  unless: ['id', SERVICE_USER]
})

const makeFolder = (dataDir: string, scope: ServiceInit['scope']): Step => ({
  type: 'run',
  words: [
    'install',
    '-d',
    '-m',
    '0700',
    ...(scope === 'system' ? ['-o', SERVICE_USER, '-g', SERVICE_USER] : []),
    dataDir
  ]
})

/** @param configHome folder of the user's configuration, `~/.config`; its units are in it */
export function systemd(scope: ServiceInit['scope'], configHome: string): ServiceManager {
  const isUser = scope === 'user'
  const file = join(isUser ? join(configHome, 'systemd/user') : '/etc/systemd/system', UNIT)
  const systemctl = (...args: readonly string[]) => ['systemctl', ...(isUser ? ['--user'] : []), ...args] as const
  const run = (...args: readonly string[]): Step => ({ type: 'run', words: systemctl(...args) })
  return {
    file,
    install: (init) => [
      ...(isUser ? [] : [addUser(init.dataDir)]),
      makeFolder(init.dataDir, scope),
      { type: 'write', path: file, text: systemdUnit(init) },
      run('daemon-reload'),
      run('enable', UNIT),
      // Not `enable --now`, which would leave a running service as it was.
      run('restart', UNIT)
    ],
    remove: () => [run('disable', '--now', UNIT), { type: 'delete', path: file }, run('daemon-reload')],
    status: systemctl('status', '--no-pager', '--lines=0', UNIT),
    log: isUser ? 'journalctl --user -u grav1' : 'journalctl -u grav1'
  }
}
