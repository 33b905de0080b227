import { getPriority } from 'node:os'
import { expect, onTestFinished, test } from 'vitest'
import { startProcess } from '../../../src/encode/programs/process.ts'
import { IDLE_NICE, PROGRAM_NICE } from '../../../src/platform/index.ts'

const own = getPriority()
/** What the system makes of a wish: it adds to what this process has. */
const made = (nice: number): number => Math.min(19, own + nice)

/** Starts `cat`, which runs until its input ends, and sees that it runs. */
async function niceOf(init: { readonly nice?: number; readonly fileBytesMax?: number }): Promise<number> {
  const stop = new AbortController()
  onTestFinished(() => stop.abort())
  const running = startProcess('cat', [], { signal: stop.signal, stdin: 'pipe', stdout: 'pipe', ...init })
  const first = new Promise((resolve) => running.stdout.once('data', resolve))
  running.stdin.write('here')
  await first
  return getPriority(running.pid)
}

test.for([
  ['nothing is said', {}, PROGRAM_NICE],
  ['it reads what is not trusted', { fileBytesMax: 0 }, PROGRAM_NICE],
  ['it is an encode of a node with --nice 0', { nice: 0 }, 0],
  ['it is an encode as by default', { nice: 19 }, 19],
  ['nobody waits for it', { nice: IDLE_NICE }, IDLE_NICE]
] as const)('a program has its niceness when %s', async ([, init, nice]) => {
  expect(await niceOf(init)).toBe(made(nice))
})
