import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { carryOutAll, MARK, stepText } from '../../../../src/node/service/index.ts'
import { launchd, launchdPlist } from '../../../../src/node/service/launchd.ts'
import { systemd } from '../../../../src/node/service/systemd.ts'
import { systemdUnit, unitWord } from '../../../../src/node/service/systemd-unit.ts'
import { service } from './service-init.ts'

async function temporary(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'grav1-service-'))
  onTestFinished(async () => rm(folder, { recursive: true }))
  return folder
}

test('a service of the machine writes to its data folder and the folders of films, and sees no home', () => {
  const unit = systemdUnit(service({ filmFolders: ['/srv/films', '/srv/my films'] }))
  expect(unit).toContain('User=grav1\nStateDirectory=grav1\nStateDirectoryMode=0700\n')
  expect(unit).toContain('ReadWritePaths=/srv/films "/srv/my films"\nProtectHome=yes\n')
})

test('what it needs of homes is all that it sees of them', () => {
  const unit = systemdUnit(
    service({
      dataDir: '/home/ann/grav1',
      filmFolders: ['/home/ann/films', '/srv/films'],
      programFolders: ['/root/.nvm/v24', '/usr/lib/node_modules/grav1'],
      configFile: '/home/ann/grav1.toml'
    })
  )
  expect(unit).not.toContain('StateDirectory')
  expect(unit).toContain('ReadWritePaths=/home/ann/grav1 /home/ann/films /srv/films')
  expect(unit).toContain('ProtectHome=tmpfs\nBindReadOnlyPaths=/root/.nvm/v24 /home/ann/grav1.toml\n')
  expect(unit).toContain('BindPaths=/home/ann/grav1 /home/ann/films\n')
})

test('a service of a user has no account and no mounts of its own, but the same system calls', () => {
  const unit = systemdUnit(service({ scope: 'user' }))
  expect(unit).not.toMatch(/^(?:User|ProtectSystem|PrivateTmp|CapabilityBoundingSet)=/m)
  expect(unit).toMatch(/^NoNewPrivileges=yes$/m)
  expect(unit).toMatch(/^SystemCallFilter=/m)
  expect(unit).toContain('WantedBy=default.target')
})

test('nothing covers a part of /proc: no sandbox could mount its own then', () => {
  const unit = systemdUnit(service())
  expect(unit).not.toMatch(/^(?:ProtectKernelTunables|ProtectKernelLogs|ProtectHostname|ProcSubset)=/m)
  expect(unit).toMatch(/^RestrictNamespaces=user mnt pid net ipc uts cgroup$/m)
})

test.for([
  ['/srv/films', '/srv/films', '/srv/films'],
  ['/srv/my films', '"/srv/my films"', '"/srv/my films"'],
  ['/srv/100%', '/srv/100%%', '/srv/100%%'],
  ['/srv/$HOME', '"/srv/$HOME"', '"/srv/$$HOME"'],
  ['/srv/"a"\\b', '"/srv/\\"a\\"\\\\b"', '"/srv/\\"a\\"\\\\b"'],
  ['/srv/[x];y', '"/srv/[x];y"', '"/srv/[x];y"']
] as const)('%s is the word %s', ([word, path, command]) => {
  expect([unitWord(word), unitWord(word, 'command')]).toEqual([path, command])
})

test('systemd: an installation makes the account, the folder and the unit, and starts it', () => {
  const { file, install, remove, status } = systemd('system', '/root/.config')
  expect(install(service()).map((step) => stepText(step).split('\n', 1)[0])).toEqual([
    'useradd --system --user-group --home-dir /var/lib/grav1 --shell /usr/sbin/nologin grav1',
    'install -d -m 0700 -o grav1 -g grav1 /var/lib/grav1',
    '# /etc/systemd/system/grav1.service',
    'systemctl daemon-reload',
    'systemctl enable grav1.service',
    'systemctl restart grav1.service'
  ])
  expect(remove().map(stepText)).toEqual([
    'systemctl disable --now grav1.service',
    `rm ${file}`,
    'systemctl daemon-reload'
  ])
  expect(status.join(' ')).toBe('systemctl status --no-pager --lines=0 grav1.service')
})

test('systemd: a service of a user needs no root', () => {
  const { file, install } = systemd('user', '/home/ann/.config')
  expect(file).toBe('/home/ann/.config/systemd/user/grav1.service')
  const lines = install(service({ scope: 'user', dataDir: '/home/ann/.local/share/grav1' })).map(stepText)
  expect(lines.join('\n')).not.toMatch(/useradd|-o grav1/)
  expect(lines.filter((line) => line.startsWith('systemctl')).every((line) => line.includes('--user'))).toBe(true)
})

test('launchd: the agent starts the node with its words, whatever is in them', () => {
  const command = ['/opt/node', '/opt/grav1.js', 'node', '--data-dir', '/Users/ann/A & <B>'] as const
  const plist = launchdPlist(service({ command: [...command] }), '/Users/ann/Library/Logs/grav1.log')
  expect(plist).toContain(MARK)
  expect(plist).toContain('<string>/Users/ann/A &amp; &lt;B&gt;</string>')
  expect(plist.match(/<(\w+)[ >]/g)?.filter((tag) => tag === '<dict>')).toHaveLength(3)
  expect(launchd('/Users/ann', 501).status.join(' ')).toBe('launchctl print gui/501/grav1.node')
})

test('steps are carried out in order, and one that is not needed is left out', async () => {
  const folder = await temporary()
  const file = join(folder, 'a/b/unit')
  await carryOutAll([
    { type: 'write', path: file, text: 'x' },
    { type: 'run', words: ['mkdir', join(folder, 'made')], unless: ['false'] },
    { type: 'run', words: ['mkdir', join(folder, 'not-made')], unless: ['test', '-e', file] }
  ])
  expect(await readFile(file, 'utf8')).toBe('x')
  expect((await stat(join(folder, 'made'))).isDirectory()).toBe(true)
  await expect(stat(join(folder, 'not-made'))).rejects.toMatchObject({ code: 'ENOENT' })
  await carryOutAll([{ type: 'delete', path: file }])
  await expect(stat(file)).rejects.toMatchObject({ code: 'ENOENT' })
})

test('a program that fails ends it, with what it said', async () => {
  const folder = await temporary()
  const failing = ['sh', '-c', 'echo "no such unit" >&2; exit 5'] as const
  const steps = [
    { type: 'run', words: failing },
    { type: 'write', path: join(folder, 'later'), text: '' }
  ] as const
  await expect(carryOutAll(steps)).rejects.toThrow(/no such unit/)
  await expect(stat(join(folder, 'later'))).rejects.toMatchObject({ code: 'ENOENT' })
})
