import { seccompFilter } from './seccomp.ts'
import type { FilterArch } from './syscalls.ts'
import { SYSTEM_FOLDERS } from './system-folders.ts'
import { type Box, type Boxed, FILTER_DESCRIPTOR, type Sandbox } from './types.ts'

export interface BubblewrapInit {
  /** Its program. */
  readonly program: string
  readonly arch: FilterArch
  /** Whether it has `--disable-userns` (from 0.8 on). The filter denies new namespaces in any case. */
  readonly disablesNamespaces: boolean
}

/** Besides the system folders: names that they link through, and where the loader looks libraries up. */
const SYSTEM_FILES = ['/etc/alternatives', '/etc/ld.so.cache']

/** Devices that programs read as files. */
const DEVICES = ['/dev/null', '/dev/zero', '/dev/urandom']

const each = (option: string, paths: readonly string[]): string[] => paths.flatMap((path) => [option, path, path])

/** bubblewrap's options, in the order in which it mounts. */
function optionsOf({ reads, writes }: Box, { disablesNamespaces }: BubblewrapInit): string[] {
  return [
    '--unshare-user',
    '--unshare-all',
    ...(disablesNamespaces ? ['--disable-userns'] : []),
    '--die-with-parent',
    '--new-session',
    '--cap-drop',
    'ALL',
    '--seccomp',
    String(FILTER_DESCRIPTOR),
    ...each('--ro-bind-try', [...SYSTEM_FOLDERS, ...SYSTEM_FILES]),
    '--proc',
    '/proc',
    ...each('--dev-bind', DEVICES),
    '--dir',
    '/tmp',
    ...each('--ro-bind-try', reads),
    ...each('--bind-try', writes),
    '--remount-ro',
    '/',
    '--chdir',
    '/'
  ]
}

/** Linux's user namespaces by the program bwrap: own processes, network, files and system calls. When the box ends, all that was started in it ends. */
export function createBubblewrap(init: BubblewrapInit): Sandbox {
  const filters = new Map<boolean, Uint8Array>()
  const filterOf = (mayStartOthers: boolean): Uint8Array => {
    const filter = filters.get(mayStartOthers) ?? seccompFilter(init.arch, { mayStartOthers })
    filters.set(mayStartOthers, filter)
    return filter
  }
  return {
    name: 'bubblewrap',
    boxed: (words, box): Boxed => ({
      words: [init.program, ...optionsOf(box, init), '--', ...words],
      filter: filterOf(box.mayStartOthers)
    })
  }
}
