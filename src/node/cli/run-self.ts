import { spawn } from 'node:child_process'

/** What a killed program left: a terminal without echo, on which Ctrl-C is no signal. Windows needs nothing, and has no such program. */
async function makeSane(): Promise<void> {
  const child = spawn('stty', ['sane'], { stdio: 'inherit' })
  await new Promise<void>((resolve) => child.once('error', () => resolve()).once('exit', () => resolve()))
}

/** It puts the terminal in order in a fraction of that. */
const STOP_MS_MAX = 2000

/** Runs this program once more on its terminal. A program that does not end with the signal is killed. @returns its exit code; null where a signal ended it, and the terminal is as before */
export async function runSelf(
  argv: readonly string[],
  { signal }: { readonly signal: AbortSignal }
): Promise<number | null> {
  const [program = ''] = process.argv.slice(1)
  // The channel carries nothing: it breaks when this process dies.
  const child = spawn(process.execPath, [...process.execArgv, program, ...argv], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc']
  })
  let killing: NodeJS.Timeout | undefined
  const stop = (): void => {
    child.kill('SIGTERM')
    killing = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX)
  }
  signal.addEventListener('abort', stop, { once: true })
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', resolve)
    })
    if (code === null && process.stdin.isTTY) await makeSane()
    return code
  } finally {
    signal.removeEventListener('abort', stop)
    clearTimeout(killing)
    if (child.connected) child.disconnect()
  }
}
