import { existsSync } from 'node:fs'
import { execa } from 'execa'
import { lookUpProgram } from '../../src/encode/programs/programs.ts'

/** What this machine lacks to run other systems' programs; the message says what to do. */
export class CannotRunError extends Error {
  override readonly name = 'CannotRunError'
}

/** The script and the key ring with which roots are made, and what runs the programs of the other processor. */
const PACKAGES = [
  { file: 'debootstrap', name: 'debootstrap' },
  { file: 'unshare', name: 'util-linux' }
]
const QEMU_PACKAGE = { file: 'qemu-aarch64-static', name: 'qemu-user-static' }

/** Whether this process may mount what only it and its children see. */
async function mayMount(): Promise<boolean> {
  const attempt = 'mount --make-rprivate / && mount -t tmpfs none /mnt && mount --bind /usr /mnt'
  const { exitCode } = await execa('unshare', ['--mount', '--pid', '--fork', '--', 'sh', '-c', attempt], {
    reject: false
  })
  return exitCode === 0
}

async function install(names: readonly string[]): Promise<void> {
  const line = `apt-get install -y --no-install-recommends ${names.join(' ')}`
  if (lookUpProgram('apt-get') === undefined)
    throw new CannotRunError(`${names.join(', ')} missing; Debian's command is: ${line}`)
  console.error(`machines: installing ${names.join(' ')}`)
  const options = { stdin: 'ignore', stdout: 'ignore', stderr: 'inherit', reject: false } as const
  await execa('apt-get', ['-qq', 'update'], options)
  const quiet = { ...options, env: { DEBIAN_FRONTEND: 'noninteractive' } }
  const { exitCode } = await execa('apt-get', ['-qq', ...line.split(' ').slice(1)], quiet)
  if (exitCode !== 0) throw new CannotRunError(`${line} failed`)
}

/**
 * Makes sure that roots can be built and entered; installs what is missing, as set-up does.
 * @throws CannotRunError with what to do
 */
export async function ensureNeeds({ arm64 }: { readonly arm64: boolean }): Promise<void> {
  if (process.platform !== 'linux') throw new CannotRunError('other systems run on Linux only')
  if (process.getuid?.() !== 0) throw new CannotRunError('it takes root: sudo npm run test:machines')
  if (arm64 && process.arch !== 'x64') throw new CannotRunError('the suite arm64 is for a machine of another processor')
  const wanted = arm64 ? [...PACKAGES, QEMU_PACKAGE] : PACKAGES
  const missing = wanted.filter(({ file }) => lookUpProgram(file) === undefined && !existsSync(`/usr/sbin/${file}`))
  if (missing.length > 0) await install(missing.map(({ name }) => name))
  if (!(await mayMount())) throw new CannotRunError('mounting is forbidden here, even in a namespace of its own')
}
