import { chmod, cp, mkdir, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { execa } from 'execa'
import { findProgram } from '../../src/platform/index.ts'
import { CHECKOUT, copySources } from '../machines/checkout.ts'
import { type Instruction, environmentOf, type Stage } from './dockerfile.ts'

/** A folder with a system in it, and how its programs are started. */
export interface Image {
  readonly root: string
  readonly env: Readonly<Record<string, string>>
  readonly user: string
  readonly cwd: string
  /** Folders of this machine that are seen in it. */
  readonly volumes: readonly { readonly from: string; readonly to: string }[]
}

/** In namespaces of its own, so that neither a mount nor a process outlives it. */
const ALONE = ['--mount', '--pid', '--fork', '--kill-child=KILL', '--']

/** Arguments: root, user, working directory, number of volumes, for each of them two words, the command. Not by chroot alone: the kernel lets no process in one make the namespaces of a sandbox. */
const INSIDE = `
root=$1 user=$2 cwd=$3 count=$4; shift 4
mount --make-rprivate /
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
while [ "$count" -gt 0 ]; do mount --bind "$1" "$root$2"; shift 2; count=$((count - 1)); done
cd "$root"
mkdir -p .before
pivot_root . .before
umount -l /.before
# Not exec: this shell is the first process here, and buries those whose parents are gone.
code=0
chroot --userspec="$user" / sh -ec 'cd "$0"; exec "$@"' "$cwd" "$@" || code=$?
exit $code
`

/** The words that start a command in an image. */
export const inside = (image: Image, command: readonly string[]): [string, ...string[]] => {
  const env = Object.entries(image.env).map(([name, value]) => `${name}=${value}`)
  const volumes = image.volumes.flatMap(({ from, to }) => [from, to])
  const counted = [String(image.volumes.length), ...volumes]
  const script = ['sh', '-ec', INSIDE, 'inside', image.root, image.user, image.cwd, ...counted]
  return ['setpriv', '--pdeathsig', 'KILL', '--', 'unshare', ...ALONE, ...script, 'env', '-i', ...env, ...command]
}

const run = async (words: readonly [string, ...string[]], signal: AbortSignal): Promise<void> => {
  const [program, ...args] = words
  await execa(program, args, { stdin: 'ignore', all: true, cancelSignal: signal, killSignal: 'SIGKILL' })
}

/** Of the npm package, which is the Node of these tests. */
const NODE = join(CHECKOUT, 'node_modules/node/bin/node')

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** What stands for the base image node:24-*: a plain system with the Node of these tests and the npm of this machine. */
export async function nodeImage(plain: string, root: string, signal: AbortSignal): Promise<Image> {
  await run(['cp', '-a', '--reflink=auto', plain, root], signal)
  // Made as a temporary folder, which is closed to others.
  await chmod(root, 0o755)
  await cp(NODE, join(root, 'usr/local/bin/node'))
  const npm = join(root, 'usr/local/lib/node_modules/npm')
  await mkdir(dirname(npm), { recursive: true })
  await run(['cp', '-aL', await npmFolder(), npm], signal)
  for (const name of ['npm', 'npx'])
    await writeFile(join(root, 'usr/local/bin', name), `#!/bin/sh\nexec node ${npmScript(name)} "$@"\n`, {
      mode: 0o755
    })
  await cp('/etc/resolv.conf', join(root, 'etc/resolv.conf'), { dereference: true })
  return { root, env: { PATH, HOME: '/root', ...(await certificates(root)) }, user: 'root', cwd: '/', volumes: [] }
}

const npmScript = (name: string): string => `/usr/local/lib/node_modules/npm/bin/${name}-cli.js`

/** The npm of this machine, which its program leads to. */
async function npmFolder(): Promise<string> {
  const program = await realpath(findProgram('npm') ?? '')
  return resolve(dirname(program), '..')
}

/** Certificates that this machine needs to reach the registry, where it needs some of its own. */
async function certificates(root: string): Promise<Record<string, string>> {
  const file = process.env['NODE_EXTRA_CA_CERTS']
  if (file === undefined || file === '') return {}
  await cp(file, join(root, 'tmp/ca.crt'), { dereference: true })
  return { NODE_EXTRA_CA_CERTS: '/tmp/ca.crt' }
}

async function copy(text: string, image: Image, built: ReadonlyMap<string, Image>): Promise<void> {
  const from = /^--from=(\S+) \/(\S+) (\S+)$/.exec(text)
  if (from === null) {
    await copySources(join(image.root, image.cwd))
    await rm(join(image.root, image.cwd, 'web/dist'), { recursive: true, force: true })
    return
  }
  const [, stage = '', pattern = '', to = ''] = from
  const root = built.get(stage)?.root ?? ''
  const wanted = new RegExp(`^${pattern.replaceAll('.', String.raw`\.`).replaceAll('*', '.*')}$`)
  for (const name of (await readdir(root)).filter((one) => wanted.test(one)))
    await cp(join(root, name), join(image.root, to, name))
}

/** Carries out one instruction. @returns the image as it is then */
async function step(
  { name, text }: Instruction,
  image: Image,
  { built, signal }: { readonly built: ReadonlyMap<string, Image>; readonly signal: AbortSignal }
): Promise<Image> {
  switch (name) {
    case 'RUN':
      await run(inside(image, ['sh', '-c', text]), signal)
      return image
    case 'COPY':
      await copy(text, image, built)
      return image
    case 'ENV':
      return { ...image, env: { ...image.env, ...environmentOf(text) } }
    case 'USER':
      return { ...image, user: text }
    case 'WORKDIR':
      await mkdir(join(image.root, text), { recursive: true })
      return { ...image, cwd: text }
    // They say how it is started.
    default:
      return image
  }
}

export interface BuildInit {
  /** Root of a system without anything. It is not written to. */
  readonly plain: string
  /** The roots of the stages are made in it. */
  readonly folder: string
  readonly signal: AbortSignal
  /** Runs a step under a name. */
  readonly record: (name: string, task: () => Promise<void>) => Promise<void>
}

/** Builds the stages of a Dockerfile. @returns the image of the last one; rejects with the first step that fails */
export async function buildStages(stages: readonly Stage[], init: BuildInit): Promise<Image> {
  const { plain, folder, signal, record } = init
  const built = new Map<string, Image>()
  let last: Image | undefined
  for (const [number, stage] of stages.entries()) {
    let image = await nodeImage(plain, join(folder, `stage-${number}`), signal)
    for (const instruction of stage.steps) {
      await record(`${instruction.name} ${instruction.text.slice(0, 60)}`, async () => {
        image = await step(instruction, image, { built, signal })
      })
    }
    built.set(stage.name ?? String(number), image)
    last = image
  }
  if (last === undefined) throw new Error('the Dockerfile has no stage')
  return last
}

/** @returns the Dockerfile and the compose file of the checkout */
export const readImageFiles = async (): Promise<{ readonly dockerfile: string; readonly compose: string }> => ({
  dockerfile: await readFile(join(CHECKOUT, 'Dockerfile'), 'utf8'),
  compose: await readFile(join(CHECKOUT, 'compose.yaml'), 'utf8')
})
