import { spawnSync } from 'node:child_process'
import { installLine } from '../install-line.ts'
import { findProgram } from '../programs.ts'
import { type System, thisSystem } from '../system.ts'
import { createBubblewrap } from './bubblewrap.ts'
import { createSeatbelt } from './seatbelt.ts'
import { ARCH_CALLS, type FilterArch } from './syscalls.ts'
import {
  type Boxed,
  FILTER_DESCRIPTOR,
  type FoundSandbox,
  type NoSandbox,
  type Sandbox,
  type SandboxMode
} from './types.ts'

/** How a program ended that was tried. */
export interface Tried {
  readonly code: number | null
  readonly output: string
}

export interface FindSandboxComponents {
  readonly system: System
  readonly arch: string
  readonly find: (name: string) => string | undefined
  /** Runs a program to its end, with the filter on its descriptor. */
  readonly run: (words: readonly string[], filter?: Uint8Array) => Tried
}

const TRIAL_MS_MAX = 10_000

/** A file of every system that no box shows. */
const HIDDEN_FILE = '/etc/passwd'

/** Ends with 0 only in a box that hides the file. The shell opens it itself: a program that is missing would hide it too. */
const TRIAL = [
  '/bin/sh',
  '-c',
  `if read -r line 2>/dev/null <${HIDDEN_FILE}; then echo "it hides nothing"; exit 1; fi`
] as const

/** Takes its input as the filter. */
const WITH_FILTER = ['/bin/sh', '-c', `exec ${FILTER_DESCRIPTOR}<&0 </dev/null; exec "$@"`, 'sh']

function runSync(words: readonly string[], filter?: Uint8Array): Tried {
  const [program = '', ...args] = filter === undefined ? words : [...WITH_FILTER, ...words]
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    timeout: TRIAL_MS_MAX,
    ...(filter === undefined ? {} : { input: filter })
  })
  return { code: status, output: error === undefined ? String(stdout) + String(stderr) : error.message }
}

/** Runs a boxed program to its end. */
export const runTrial = ({ words, filter }: Boxed): Tried => runSync(words, filter)

const here: FindSandboxComponents = { system: thisSystem, arch: process.arch, find: findProgram, run: runSync }

const none = (code: NoSandbox, words: string): FoundSandbox => ({ type: 'none', code, words })

const isFiltered = (arch: string): arch is FilterArch => Object.hasOwn(ARCH_CALLS, arch)

/** The sandbox, if a trial in it works and sees nothing that it should not. */
function tried(sandbox: Sandbox, run: FindSandboxComponents['run'], help: string): FoundSandbox {
  const { words, filter } = sandbox.boxed(TRIAL, { reads: [], writes: [], mayStartOthers: true })
  const { code, output } = run(words, filter)
  if (code === 0) return { type: 'boxed', sandbox }
  const said = output.trim().split('\n').at(-1)?.slice(0, 200) ?? ''
  return none('refused', `${sandbox.name} does not work here (${said === '' ? `exit code ${code}` : said}): ${help}`)
}

/** Not every package manager is known. */
const missingWords = (line: string): string =>
  ['bubblewrap is not installed', ...(line.includes('bubblewrap') ? [line] : [])].join(': ')

function findBubblewrap({ arch, find, run }: FindSandboxComponents): FoundSandbox {
  if (!isFiltered(arch)) return none('system', `there is no sandbox for ${arch}`)
  const program = find('bwrap')
  if (program === undefined) return none('missing', missingWords(installLine(['bwrap'], find)))
  const disablesNamespaces = run([program, '--help']).output.includes('--disable-userns')
  return tried(
    createBubblewrap({ program, arch, disablesNamespaces }),
    run,
    'allow user namespaces, see docs/sandbox.md'
  )
}

/** The sandbox of this machine. It is tried once, which takes some 20 ms. */
export function findSandbox(mode: SandboxMode, components: FindSandboxComponents = here): FoundSandbox {
  if (mode === 'off') return none('off', 'it is turned off with --sandbox off')
  const { system, find, run } = components
  if (system.name === 'linux') return findBubblewrap(components)
  const program = system.name === 'darwin' ? find('sandbox-exec') : undefined
  return program === undefined
    ? none('system', 'there is no sandbox for this system')
    : tried(createSeatbelt(program), run, 'see docs/sandbox.md')
}
