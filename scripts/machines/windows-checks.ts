import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { getPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import {
  findProgram,
  groupOptions,
  killProgram,
  killTree,
  lowerPriority,
  moveOver,
  syncFile,
  syncFolder,
  thisSystem
} from '../../src/platform/index.ts'

/** What the platform module promises, tried on the system that this runs on: on Windows, by `windows.ts`. Prints a line for each check; exit code 1 when one fails. */
const folder = mkdtempSync(join(tmpdir(), 'grav1-checks-'))
const forever = 'setInterval(() => {}, 1000)'
const DEADLINE_MS = 10_000

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function untilGone(pid: number): Promise<boolean> {
  const deadline = performance.now() + DEADLINE_MS
  while (isAlive(pid) && performance.now() < deadline) await delay(20)
  return !isAlive(pid)
}

/** A program that starts another, as the encoders' parent does, and names it. */
async function startPair(): Promise<{ readonly parent: number; readonly child: number }> {
  const script = `const { spawn } = require('node:child_process');
    const child = spawn(process.execPath, ['-e', '${forever}'], { stdio: 'ignore', windowsHide: true, detached: false });
    console.log(child.pid); ${forever}`
  const parent = spawn(process.execPath, ['-e', script], { ...groupOptions(), stdio: ['ignore', 'pipe', 'ignore'] })
  const [said] = (await once(parent.stdout, 'data')) as [Buffer]
  return { parent: parent.pid ?? -1, child: Number(said.toString()) }
}

const CHECKS: Readonly<Record<string, () => Promise<boolean>>> = {
  'this system is Windows': async () => thisSystem.name === 'win32',
  'a folder is flushed, or needs none': async () => syncFolder(folder).then(() => true),
  'a file is flushed': async () => {
    writeFileSync(join(folder, 'a'), 'a')
    await syncFile(join(folder, 'a'))
    return true
  },
  'a file that somebody reads is replaced once it is closed': async () => {
    writeFileSync(join(folder, 'old'), 'old')
    writeFileSync(join(folder, 'new'), 'new')
    const reader = openSync(join(folder, 'old'), 'r')
    const moved = moveOver(join(folder, 'new'), join(folder, 'old'))
    await delay(100)
    closeSync(reader)
    await moved
    return true
  },
  'a program is found by its name alone': async () => findProgram('cmd')?.toLowerCase().endsWith('cmd.exe') === true,
  'a program runs at a low priority and is killed': async () => {
    const child = spawn(process.execPath, ['-e', forever], { ...groupOptions(), stdio: 'ignore' })
    const pid = child.pid ?? -1
    lowerPriority(pid, 19)
    const isLow = getPriority(pid) === 19
    killProgram(pid)
    return (await untilGone(pid)) && isLow
  },
  'a program is killed with what it started': async () => {
    const { parent, child } = await startPair()
    killTree(parent)
    return (await untilGone(parent)) && untilGone(child)
  },
  'a program does not outlive the one that started it': async () => {
    const { parent, child } = await startPair()
    process.kill(parent, 'SIGKILL')
    return untilGone(child)
  }
}

for (const [what, check] of Object.entries(CHECKS)) {
  const result = await check().catch((error: unknown) => String(error))
  console.log(`${result === true ? 'ok' : 'FAILED'}: ${what}${typeof result === 'string' ? `: ${result}` : ''}`)
  if (result !== true) process.exitCode = 1
}
rmSync(folder, { recursive: true, force: true })
