import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'

/** Set in the process that runs in namespaces of its own. */
const INSIDE = 'GRAV1_FAULTS_INSIDE'

const WORDS = ['--pid', '--fork', '--mount-proc', '--net', '--mount', '--kill-child']

/** Whether this process has processes, network and mounts to itself, and may misuse them. */
export const isInside = (): boolean => process.env[INSIDE] === '1'

/** The words of `unshare` that work here: as root, or as the root of a user namespace. Undefined where namespaces are not permitted. */
function unshareWords(): string[] | undefined {
  const ways = process.getuid?.() === 0 ? [WORDS] : [['--user', '--map-root-user', ...WORDS]]
  return ways.find((words) => {
    try {
      execFileSync('unshare', [...words, 'true'], { stdio: 'ignore' })
      return true
    } catch {
      return false
    }
  })
}

/**
 * Runs this very program again in namespaces of processes, network and mounts of its own: whatever it leaves behind ends with it, every process that is left is its own, and the
 * network can be harmed.
 * @returns its exit code; undefined where namespaces are not permitted, or it is inside already
 */
export async function enterNamespaces(): Promise<number | undefined> {
  if (isInside() || process.platform !== 'linux') return undefined
  const words = unshareWords()
  if (words === undefined) return undefined
  const [node, ...args] = [process.execPath, ...process.execArgv, ...process.argv.slice(1)]
  const child = spawn('unshare', [...words, node ?? process.execPath, ...args], {
    stdio: 'inherit',
    env: { ...process.env, [INSIDE]: '1' }
  })
  const stop = (signal: NodeJS.Signals): void => void child.kill(signal)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
  const [code] = (await once(child, 'exit')) as [number | null]
  return code ?? 130
}

/** Brings the loopback device of a new network namespace up, with packets as small as those of a real network. */
export function prepareLoopback(): void {
  execFileSync('ip', ['link', 'set', 'lo', 'mtu', '1500', 'up'])
}
