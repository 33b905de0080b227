import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { buildArm64Root, buildRoot, installPackages } from './build-root.ts'
import { hostMirror } from './mirror.ts'

/** The programs that a node runs, and those that tests look at it with. */
const NODE_PACKAGES = ['ffmpeg', 'aom-tools', 'vpx-tools', 'svt-av1', 'dav1d', 'mkvtoolnix', 'util-linux', 'procps']

/** Encoders and decoders only: everything else is the same source there. */
const ARM64_PACKAGES = ['ffmpeg', 'aom-tools', 'vpx-tools', 'svt-av1']

/** A root that is older is built again. */
const AGE_MS_MAX = 7 * 24 * 3600 * 1000

/** The processor whose programs a root has. */
export type Architecture = 'native' | 'arm64'

/** A folder with another system in it. */
export interface Root {
  readonly name: string
  readonly folder: string
}

const stampText = z.object({ builtAtMs: z.number(), packages: z.array(z.string()) })
type Stamp = z.infer<typeof stampText>

/** Kept between runs, outside of every checkout. */
export function cacheFolder(): string {
  if (process.getuid?.() === 0) return '/var/cache/grav1-machines'
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'grav1-machines')
}

/** What a root was built with; one without a stamp counts as built when its packages last changed, with none of the wanted ones. */
async function readStamp(folder: string): Promise<Stamp | undefined> {
  const text = await readFile(`${folder}.json`, 'utf8').catch(() => undefined)
  if (text !== undefined) return stampText.parse(JSON.parse(text))
  const found = await stat(join(folder, 'var/lib/dpkg/status')).catch(() => undefined)
  return found && { builtAtMs: found.mtimeMs, packages: [] }
}

/** Puts a new root in the place of an old one. */
async function replace(fresh: string, folder: string): Promise<void> {
  const old = `${fresh}-old`
  await rename(folder, old).catch(() => undefined)
  await rename(fresh, folder)
  await rm(old, { recursive: true, force: true })
}

interface Recipe {
  readonly suite: string
  readonly folder: string
  readonly packages: readonly string[]
  readonly architecture: Architecture
}

async function build({ suite, folder, packages, architecture }: Recipe, signal: AbortSignal): Promise<void> {
  const mirror = await hostMirror()
  const fresh = await mkdtemp(`${folder}-new-`)
  console.error(`machines: building ${folder} from ${mirror}`)
  try {
    const make = architecture === 'native' ? buildRoot : buildArm64Root
    await make({ suite, mirror, packages, folder: fresh, signal })
    await replace(fresh, folder)
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
}

/**
 * The root of a Debian suite: as it is where it has what is wanted, built where it is missing or old. An old one goes on where no new one can be built.
 * @throws BuildError when there is none
 */
export async function ensureRoot(suite: string, architecture: Architecture, signal: AbortSignal): Promise<Root> {
  const name = architecture === 'native' ? suite : `${suite}-${architecture}`
  const packages = architecture === 'native' ? NODE_PACKAGES : ARM64_PACKAGES
  const folder = join(cacheFolder(), name)
  await mkdir(cacheFolder(), { recursive: true })
  const stamp = await readStamp(folder)
  const isSame = stamp !== undefined && packages.every((one) => stamp.packages.includes(one))
  const isOld = stamp !== undefined && Date.now() - stamp.builtAtMs > AGE_MS_MAX
  if (isSame && !isOld) return { name, folder }
  const write = async (builtAtMs: number) => writeFile(`${folder}.json`, `${JSON.stringify({ builtAtMs, packages })}\n`)
  if (stamp !== undefined && !isOld && architecture === 'native') {
    await installPackages({ folder, packages, signal })
    await write(stamp.builtAtMs)
    return { name, folder }
  }
  try {
    await build({ suite, folder, packages, architecture }, signal)
    await write(Date.now())
  } catch (error) {
    signal.throwIfAborted()
    if (!isSame) throw error
    console.error(`machines: ${name} is old and stays so: ${error instanceof Error ? error.message : String(error)}`)
  }
  return { name, folder }
}

/**
 * The root of a Debian suite with nothing but what every system has, and certificates. Kept as the others are.
 * @throws BuildError when there is none
 */
export async function ensurePlainRoot(suite: string, signal: AbortSignal): Promise<Root> {
  const name = `${suite}-plain`
  const folder = join(cacheFolder(), name)
  await mkdir(cacheFolder(), { recursive: true })
  const stamp = await readStamp(folder)
  if (stamp === undefined || Date.now() - stamp.builtAtMs > AGE_MS_MAX) {
    await build({ suite, folder, packages: [], architecture: 'native' }, signal)
    await writeFile(`${folder}.json`, `${JSON.stringify({ builtAtMs: Date.now(), packages: [] })}\n`)
  }
  return { name, folder }
}
