import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { NODE_AV } from '../../encode/index.ts'
import { NODE_AV_VERSION } from '../../encode/rules/index.ts'
import { moveOver } from '../../platform/index.ts'
import { npmWords } from './npm-program.ts'

/** MB that each binary takes when it is unpacked, as measured; the others are between these. */
const BINARY_MB: Readonly<Record<string, number>> = {
  'linux-x64': 175,
  'linux-arm64': 146,
  'darwin-arm64': 62,
  'win32-x64-msvc': 125
}

const PLATFORMS = new Set([...Object.keys(BINARY_MB), 'darwin-x64', 'win32-arm64-msvc'])

/** Node for Windows is built by MSVC, and so has to be what it loads. */
const platformText = (platform: string, arch: string): string =>
  `${platform}-${arch}${platform === 'win32' ? '-msvc' : ''}`

/** What is installed for a machine. */
export interface NodeAvPackage {
  readonly version: string
  /** Names with their version, as npm takes them. */
  readonly packages: readonly string[]
  /** `about 175 MB` */
  readonly size: string
  readonly licence: string
}

/** Undefined where the package has no binary for such a machine. */
export function nodeAvPackage(platform: string, arch: string): NodeAvPackage | undefined {
  const machine = platformText(platform, arch)
  if (!PLATFORMS.has(machine)) return undefined
  const megabytes = BINARY_MB[machine]
  return {
    version: NODE_AV_VERSION,
    packages: [`${NODE_AV}@${NODE_AV_VERSION}`, `@seydx/node-av-${machine}@${NODE_AV_VERSION}`],
    size: megabytes === undefined ? '60 to 180 MB' : `about ${megabytes} MB`,
    licence: 'MIT; the FFmpeg in it GPL, version 3 or later'
  }
}

const packageJson = z.object({ version: z.string() })

/** Version of the package in a folder that it was installed in; undefined where it is not. */
export async function installedVersion(folder: string): Promise<string | undefined> {
  try {
    const text = await readFile(join(folder, 'node_modules', NODE_AV, 'package.json'), 'utf8')
    return packageJson.parse(JSON.parse(text)).version
  } catch {
    return undefined
  }
}

/** Bytes of all files below a folder. */
export async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  const sizes = await Promise.all(files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size))
  return sizes.reduce((sum, bytes) => sum + bytes, 0)
}

/** Longest part of npm's output that a failure shows. */
const WORDS_CHARS_MAX = 2000

/** npm with the user's own settings and environment: proxy and registry are in there. @throws Error with npm's words */
async function runNpm(args: readonly string[], cwd: string, signal: AbortSignal): Promise<void> {
  const words = npmWords()
  if (words === undefined) throw new Error('npm is not installed; it comes with Node')
  const [program, ...first] = words
  const child = spawn(program, [...first, ...args], { cwd, signal, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-WORDS_CHARS_MAX)))
  const { promise, resolve, reject } = Promise.withResolvers<number | null>()
  child.once('error', reject)
  child.once('close', resolve)
  const code = await promise
  if (code !== 0) throw new Error(said.trim() === '' ? `npm ended with exit code ${code}` : said.trim())
}

/**
 * Installs the package into a folder of its own, which it replaces; without any script of a package, and without its optional parts but the one for this machine. The folder is
 * complete or as it was.
 * @throws Error with npm's words
 */
export async function installNodeAv(
  { packages }: NodeAvPackage,
  folder: string,
  { signal }: { readonly signal: AbortSignal }
): Promise<void> {
  await mkdir(dirname(folder), { recursive: true, mode: 0o700 })
  const aside = await mkdtemp(`${folder}-`)
  const quiet = ['--no-save', '--omit=optional', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  try {
    await runNpm(['install', '--prefix', aside, ...quiet, ...packages], aside, signal)
    await replaceFolder(folder, aside)
  } catch (error) {
    await rm(aside, { recursive: true, force: true })
    throw error
  }
}

/** How many others may put theirs there at the same time. */
const OTHERS_MAX = 10

/** Gives a folder another's name; what had it is removed. Of several that do so at once the last one stays. */
export async function replaceFolder(folder: string, by: string): Promise<void> {
  for (let others = 0; ; others += 1) {
    const old = `${by}-old-${others}`
    await moveOver(folder, old).catch(() => {})
    const isIn = await moveOver(by, folder).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        // Another one came in between.
        if (others < OTHERS_MAX && (error.code === 'ENOTEMPTY' || error.code === 'EEXIST')) return false
        throw error
      }
    )
    await rm(old, { recursive: true, force: true })
    if (isIn) return
  }
}

/** @returns false where nothing was there */
export async function removeNodeAv(folder: string): Promise<boolean> {
  const there = await stat(folder).catch(() => undefined)
  await rm(folder, { recursive: true, force: true })
  return there !== undefined
}
