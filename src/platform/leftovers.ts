import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { Socket } from 'node:net'
import { groupOptions, killNow } from './kill.ts'
import { programEnvironment } from './programs.ts'
import { type System, thisSystem } from './system.ts'

// The kernel ends a program together with its parent only after the program has asked for it. A program whose parent dies in its first milliseconds asks too late: bwrap then stays, and
// so does what it starts. So every program carries a mark in its environment, by which it is found.

const NAME = 'GRAV1_PROGRAM'

/** Of this process. */
const OWN = `${process.pid}-${randomBytes(8).toString('hex')}`

let started = 0

/** What a started program and all that it starts have in their environment: a name, and which program of which process it is. */
export interface Mark {
  readonly name: string
  readonly value: string
}

export function nextMark(): Mark {
  started += 1
  return { name: NAME, value: `${OWN}-${started}` }
}

async function carries(pid: string, word: string): Promise<boolean> {
  const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '')
  return environment.split('\0').includes(word)
}

/** Ends at once whatever carries a mark. Only on Linux can it be found. */
export async function killMarked({ name, value }: Mark, system: System = thisSystem): Promise<void> {
  if (system.name !== 'linux') return
  const pids = (await readdir('/proc').catch(() => [])).filter((entry) => /^\d+$/.test(entry))
  await Promise.all(
    pids.map(async (pid) => {
      if (await carries(pid, `${name}=${value}`)) killNow(Number(pid))
    })
  )
}

/** Waits for the end of its input, and ends whatever carries a mark of this process, until two looks in a row find nothing. */
const KEEPER = `
read -r _
looks=0 clean=0
while [ $clean -lt 2 ] && [ $looks -lt 50 ]; do
  looks=$((looks + 1)) clean=$((clean + 1))
  for file in $(grep -lsz "^$1-" /proc/[0-9]*/environ); do
    pid=\${file#/proc/}
    kill -9 "\${pid%/environ}" 2>/dev/null && clean=0
  done
  sleep 0.1
done
`

let isKept = false

/** Starts, once, what ends this process's programs after it: it outlives this process by a moment, however that ends. */
export function keepLeftoversAway(system: System = thisSystem): void {
  if (isKept || system.name !== 'linux') return
  isKept = true
  const keeper = spawn('/bin/sh', ['-c', KEEPER, 'keeper', `${NAME}=${OWN}`], {
    ...groupOptions(system),
    env: programEnvironment(),
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore']
  })
  // Without it the kernel ends programs, but for the few that it is late for.
  keeper.once('error', () => {})
  keeper.stdin.on('error', () => {})
  keeper.unref()
  if (keeper.stdin instanceof Socket) keeper.stdin.unref()
}
