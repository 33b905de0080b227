import { spawn } from 'node:child_process'

/** Runs this program once more on its terminal. @returns its exit code; null where a signal ended it */
export async function runSelf(
  argv: readonly string[],
  { signal }: { readonly signal: AbortSignal }
): Promise<number | null> {
  const [program = ''] = process.argv.slice(1)
  // The channel carries nothing: it breaks when this process dies.
  const child = spawn(process.execPath, [...process.execArgv, program, ...argv], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc']
  })
  const stop = (): void => void child.kill('SIGTERM')
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', resolve)
    })
  } finally {
    signal.removeEventListener('abort', stop)
    if (child.connected) child.disconnect()
  }
}
