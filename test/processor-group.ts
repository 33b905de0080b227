import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A group of processes whose processor time the kernel adds up, those in a sandbox and those that outlive their parent among them. */
export interface ProcessorGroup {
  readonly usedSeconds: () => number
  /** This process leaves the group, which is removed where nothing else is left in it. */
  readonly leave: () => void
}

/** Where a hierarchy of cgroups is mounted, and how it tells what a group used. */
interface Hierarchy {
  readonly root: string
  /** A file that each of its groups has: another file system may be mounted at the same place. */
  readonly mark: string
  readonly isMine: (controllers: string) => boolean
  readonly usedSeconds: (group: string) => number
}

const HIERARCHIES: readonly Hierarchy[] = [
  {
    root: '/sys/fs/cgroup/cpuacct',
    mark: 'cpuacct.usage',
    isMine: (controllers) => controllers.split(',').includes('cpuacct'),
    usedSeconds: (group) => Number(readFileSync(join(group, 'cpuacct.usage'), 'utf8')) / 1e9
  },
  {
    root: '/sys/fs/cgroup',
    mark: 'cgroup.controllers',
    isMine: (controllers) => controllers === '',
    usedSeconds: (group) => Number(/usage_usec (\d+)/.exec(readFileSync(join(group, 'cpu.stat'), 'utf8'))?.[1]) / 1e6
  }
]

/** The group that this process is in, by its path from the root of a hierarchy. */
function ownPath({ isMine }: Hierarchy): string | undefined {
  const lines = readFileSync('/proc/self/cgroup', 'utf8').trim().split('\n')
  const own = lines.map((line) => line.split(':')).find(([, controllers = '']) => isMine(controllers))
  return own?.slice(2).join(':')
}

const PREFIX = 'grav1-test-'

/** Removes a group where nothing is left in it. */
function removeIfEmpty(group: string): void {
  try {
    rmdirSync(group)
  } catch {
    // Something outlives its file, or has not quite ended. The next file tries again.
  }
}

function joinIn(hierarchy: Hierarchy): ProcessorGroup | undefined {
  try {
    const path = ownPath(hierarchy)
    if (path === undefined || !existsSync(join(hierarchy.root, hierarchy.mark))) return undefined
    const parent = join(hierarchy.root, path)
    const group = join(parent, `${PREFIX}${process.pid}`)
    const enter = (folder: string): void => writeFileSync(join(folder, 'cgroup.procs'), String(process.pid))
    for (const name of readdirSync(parent)) if (name.startsWith(PREFIX)) removeIfEmpty(join(parent, name))
    mkdirSync(group, { recursive: true })
    enter(group)
    // A file that begins at the same moment may have taken the empty group away.
    hierarchy.usedSeconds(group)
    return {
      usedSeconds: () => hierarchy.usedSeconds(group),
      leave: () => {
        enter(parent)
        removeIfEmpty(group)
      }
    }
  } catch {
    // Not Linux, or these groups are not ours to make.
    return undefined
  }
}

/** Puts this process, and what it starts from now on, into a group of their own. Undefined where the system lets it make none. */
export function processorGroup(): ProcessorGroup | undefined {
  for (const hierarchy of HIERARCHIES) {
    const group = joinIn(hierarchy)
    if (group !== undefined) return group
  }
  return undefined
}
