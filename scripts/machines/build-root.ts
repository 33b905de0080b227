import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'

/** No root could be built. */
export class BuildError extends Error {
  override readonly name = 'BuildError'
}

/** What to build, in an empty folder. */
export interface BuildInit {
  readonly suite: string
  readonly mirror: string
  readonly packages: readonly string[]
  readonly folder: string
  readonly signal: AbortSignal
}

const HOSTS = '127.0.0.1 localhost\n::1 localhost\n'

/** A mirror may stand still; its packages are signed all the same. */
const APT_SETTINGS = 'Acquire::Check-Valid-Until "false";\nAPT::Install-Recommends "false";\n'

/** In namespaces of its own, so that neither a mount nor a process outlives it. */
const ALONE = ['--mount', '--pid', '--fork', '--kill-child=KILL', '--mount-proc', '--']

async function run(words: readonly string[], signal: AbortSignal): Promise<void> {
  const env = {
    DEBIAN_FRONTEND: 'noninteractive',
    LC_ALL: 'C.UTF-8',
    PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`
  }
  const stop = { cancelSignal: signal, killSignal: 'SIGKILL' } as const
  const options = { env, stdin: 'ignore', all: true, reject: false, ...stop } as const
  const { exitCode, all } = await execa(
    'setpriv',
    ['--pdeathsig', 'KILL', '--', 'unshare', ...ALONE, ...words],
    options
  )
  signal.throwIfAborted()
  if (exitCode !== 0) throw new BuildError(`${words.join(' ').slice(0, 200)} failed: ${all.slice(-400)}`)
}

/** Adds packages to a root. */
export async function installPackages(init: Pick<BuildInit, 'folder' | 'packages' | 'signal'>): Promise<void> {
  const { folder, packages, signal } = init
  await writeFile(join(folder, 'etc/apt/apt.conf.d/90-grav1'), APT_SETTINGS)
  await writeFile(join(folder, 'etc/hosts'), HOSTS)
  const apt = (...words: string[]) => run(['chroot', folder, 'apt-get', '-qq', ...words], signal)
  await apt('update')
  await apt('install', '-y', ...packages)
  await apt('clean')
}

/** A system with packages, installed as on a machine. */
export async function buildRoot({ suite, mirror, folder, ...init }: BuildInit): Promise<void> {
  await run(['debootstrap', '--variant=minbase', '--include=ca-certificates', suite, folder, mirror], init.signal)
  await installPackages({ folder, ...init })
}

/** Packages of arm64, unpacked and not installed: nothing of that processor runs for it, so nothing has to be registered with the kernel. */
export async function buildArm64Root({ suite, mirror, packages, folder, signal }: BuildInit): Promise<void> {
  const include = `--include=${packages.join(',')}`
  await run(['debootstrap', '--foreign', '--variant=minbase', '--arch=arm64', include, suite, folder, mirror], signal)
  const archives = join(folder, 'var/cache/apt/archives')
  const unpack = 'dpkg-deb --fsys-tarfile "$1" | tar -C "$0" --keep-directory-symlink -xf -'
  for (const name of (await readdir(archives)).filter((file) => file.endsWith('.deb'))) {
    await run(['sh', '-ec', unpack, folder, join(archives, name)], signal)
  }
  await rm(archives, { recursive: true })
}
