/** The systems that grav1 distinguishes. Other UNIX-like systems count as `linux`; missing features are detected. */
export type SystemName = 'linux' | 'darwin' | 'win32'

/** A signal that stops a node at once. */
export type StopSignal = 'SIGTERM' | 'SIGHUP' | 'SIGBREAK'

/** What differs between systems; code that needs it asks here and not for the system's name. */
export interface System {
  readonly name: SystemName
  /** A file that discards whatever is written (the null device). */
  readonly nullDevice: string
  /** Whether a program can be made the leader of a group that is killed as a whole. */
  readonly hasGroups: boolean
  /** Whether a program whose parent is gone is ended by the system itself. Linux does it for those that ask: see `startWords`. */
  readonly endsOrphans: boolean
  /** Whether this process can make the input of one program the output of another. */
  readonly handsPipesOver: boolean
  /** Whether the mode of a file says who may read it. */
  readonly hasModes: boolean
  /** Whether names may have a drive, a share or a device in front. */
  readonly hasDrives: boolean
  /** What ends the name of a program's file; one that has none of these ends is no program. */
  readonly programEnds: readonly string[]
  /** Error codes of a flush that folders, or the file system that they lie on, do not have. */
  readonly noFolderFlush: readonly string[]
  /** Error codes of files that somebody else has open for a moment. */
  readonly inUse: readonly string[]
  /** Variables that every started program gets: text in UTF-8, and numbers and messages that do not depend on the user. */
  readonly locale: Readonly<Record<string, string>>
  /** Variables that are passed on if they are set. */
  readonly passedOn: readonly string[]
  /** What npm packages with native code are made of there, where that is not what they are elsewhere; ends their version. */
  readonly nativeVariant: string
  /** The words before a page or file that has to be opened in the user's browser. */
  readonly opener: readonly [string, ...string[]]
  readonly stopSignals: readonly StopSignal[]
  /** How long a stop may take before the system ends the process anyhow. */
  readonly stopMsMax: number
}

const POSIX = {
  nullDevice: '/dev/null',
  hasGroups: true,
  handsPipesOver: true,
  hasModes: true,
  hasDrives: false,
  programEnds: [''],
  noFolderFlush: ['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'],
  inUse: [],
  nativeVariant: '',
  stopSignals: ['SIGTERM', 'SIGHUP'],
  stopMsMax: 10_000
} as const

const SYSTEMS: Readonly<Record<SystemName, System>> = {
  linux: {
    ...POSIX,
    name: 'linux',
    opener: ['xdg-open'],
    endsOrphans: false,
    locale: { LC_ALL: 'C.UTF-8' },
    passedOn: ['PATH', 'TMPDIR', 'LD_LIBRARY_PATH']
  },
  darwin: {
    ...POSIX,
    name: 'darwin',
    opener: ['open'],
    endsOrphans: false,
    // Every macOS has this one, and not every one has C.UTF-8. Only the characters are taken from it.
    locale: { LANG: 'C', LC_CTYPE: 'en_US.UTF-8' },
    passedOn: ['PATH', 'TMPDIR']
  },
  win32: {
    name: 'win32',
    opener: ['rundll32', 'url.dll,FileProtocolHandler'],
    nullDevice: 'NUL',
    hasGroups: false,
    endsOrphans: true,
    handsPipesOver: false,
    hasModes: false,
    hasDrives: true,
    // Scripts need a shell.
    programEnds: ['.exe', '.com'],
    noFolderFlush: ['EPERM', 'EISDIR', 'EINVAL', 'EACCES'],
    inUse: ['EPERM', 'EACCES', 'EBUSY'],
    locale: { LC_ALL: 'C' },
    // Without the first two most programs do not even load their libraries.
    // Another compiler, and other sources: the same parameters give different bytes.
    nativeVariant: '-msvc',
    passedOn: ['SystemRoot', 'windir', 'PATH', 'TEMP', 'TMP'],
    stopSignals: ['SIGTERM', 'SIGHUP', 'SIGBREAK'],
    // A window that is closed gives its programs five seconds.
    stopMsMax: 4_000
  }
}

/** @param platform as `process.platform` has it */
export const systemOf = (platform: NodeJS.Platform): System =>
  platform === 'win32' || platform === 'darwin' ? SYSTEMS[platform] : SYSTEMS.linux

/** The system that this process runs on. */
export const thisSystem: System = systemOf(process.platform)

/** What npm calls this machine, as packages with native code are named. */
export const npmNames = { platform: process.platform as string, arch: process.arch as string }
