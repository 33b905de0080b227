import { MARK, type ServiceInit } from './types.ts'

/** The account of a system service. */
export const SERVICE_USER = 'grav1'

const STATE = '/var/lib/'

/** A word as systemd reads it: `%` and, in commands, `$` would be replaced. */
export function unitWord(word: string, where: 'command' | 'path' = 'path'): string {
  const plain = word.replaceAll('%', '%%').replaceAll('\\', '\\\\').replaceAll('"', '\\"')
  const text = where === 'command' ? plain.replaceAll('$', '$$$$') : plain
  return /^[\w./:=@%+,-]+$/.test(text) ? text : `"${text}"`
}

const words = (list: readonly string[]): string => list.map((word) => unitWord(word)).join(' ')

const HOMES = ['/home', '/root', '/run/user']
const isInHome = (path: string): boolean => HOMES.some((home) => path === home || path.startsWith(`${home}/`))

/**
 * What the kernel keeps a service from by its system calls; it holds for services of users too.
 * The sandbox of encoders makes namespaces and mounts in them (ADR 0101), so these stay allowed.
 */
const BY_CALLS = [
  'NoNewPrivileges=yes',
  'LockPersonality=yes',
  'RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK',
  'RestrictNamespaces=user mnt pid net ipc uts cgroup',
  'RestrictRealtime=yes',
  'RestrictSUIDSGID=yes',
  'SystemCallArchitectures=native',
  'SystemCallErrorNumber=EPERM',
  'SystemCallFilter=@system-service @mount seccomp',
  // Others may read finished films; the data folder is closed to them by its own mode.
  'UMask=0022'
]

/** Left out: ProtectKernelTunables, ProtectKernelLogs, ProtectHostname and ProcSubset cover parts of /proc, and then the kernel lets no sandbox mount its own. */
const BY_MOUNTS = [
  'CapabilityBoundingSet=',
  'AmbientCapabilities=',
  'PrivateDevices=yes',
  'PrivateTmp=yes',
  'ProtectClock=yes',
  'ProtectControlGroups=yes',
  'ProtectKernelModules=yes',
  'ProtectProc=invisible',
  'ProtectSystem=strict',
  'RemoveIPC=yes'
]

/** Homes are empty for the service, but for what it needs of them. */
function homeLines({ dataDir, configFile, filmFolders, programFolders }: ServiceInit): string[] {
  const reads = [...programFolders, ...(configFile === undefined ? [] : [configFile])].filter(isInHome)
  const writes = [dataDir, ...filmFolders].filter(isInHome)
  if (reads.length + writes.length === 0) return ['ProtectHome=yes']
  return [
    'ProtectHome=tmpfs',
    ...(reads.length === 0 ? [] : [`BindReadOnlyPaths=${words(reads)}`]),
    ...(writes.length === 0 ? [] : [`BindPaths=${words(writes)}`])
  ]
}

function systemLines(init: ServiceInit): string[] {
  const { dataDir, filmFolders } = init
  const isState = dataDir.startsWith(STATE)
  const writes = isState ? filmFolders : [dataDir, ...filmFolders]
  return [
    `User=${SERVICE_USER}`,
    ...(isState ? [`StateDirectory=${unitWord(dataDir.slice(STATE.length))}`, 'StateDirectoryMode=0700'] : []),
    ...(writes.length === 0 ? [] : [`ReadWritePaths=${words(writes)}`]),
    ...homeLines(init),
    ...BY_MOUNTS
  ]
}

/** The unit of a node that runs all the time. */
export function systemdUnit(init: ServiceInit): string {
  const { command, scope } = init
  return `# ${MARK}
[Unit]
Description=grav1 node
Documentation=man:grav1(1)
${scope === 'system' ? 'After=network-online.target\nWants=network-online.target\n' : ''}
[Service]
ExecStart=${command.map((word) => unitWord(word, 'command')).join(' ')}
# Not in a folder of films: which may be read, the config file says.
WorkingDirectory=/
# One interrupt, to the node only: it finishes the running scenes. systemd kills encoders that still run after the timeout.
KillSignal=SIGINT
KillMode=mixed
TimeoutStopSec=10min
Restart=on-failure
RestartSec=10
# The node goes on with fewer encodes where one was killed for memory.
OOMPolicy=continue
${[...(scope === 'system' ? systemLines(init) : []), ...BY_CALLS].join('\n')}

[Install]
WantedBy=${scope === 'system' ? 'multi-user.target' : 'default.target'}
`
}
