import { constants } from 'node:fs'
import { access, readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { chooseSandbox, findProgram, installLine, memoryBytes } from '../../platform/index.ts'
import { freeBytesOf } from '../../storage/index.ts'
import { autoSlots, memoryForScenes } from '../slots.ts'
import type { Config } from '../config/types.ts'
import type { ClockFacts, MachineFacts } from './facts.ts'
import { printed } from './look-programs.ts'

/** The folder, or the nearest one above it that is there: a node makes what is missing. */
async function nearest(folder: string): Promise<string> {
  const isThere = await access(folder).then(
    () => true,
    () => false
  )
  return isThere || dirname(folder) === folder ? folder : nearest(dirname(folder))
}

async function freeBytesIn(dataDir: string): Promise<number | undefined> {
  try {
    const folder = await nearest(dataDir)
    await access(folder, constants.W_OK)
    return await freeBytesOf(folder)
  } catch {
    return undefined
  }
}

async function newestMs(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => [])
  const times = await Promise.all(
    names.map(async (name) =>
      stat(join(folder, name)).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0
      )
    )
  )
  return Math.max(0, ...times)
}

/** By systemd, which most Linux systems have. */
async function isClockKept(): Promise<boolean | undefined> {
  if (findProgram('timedatectl') === undefined) return undefined
  const answer = (await printed('timedatectl', ['show', '--property=NTPSynchronized', '--value'])).trim()
  return answer === '' ? undefined : answer === 'yes'
}

/** @param nodeMs the clock of the node that answered, to the second; undefined without one */
async function lookAtClock(dataDir: string, nodeMs: number | undefined): Promise<ClockFacts> {
  const nowMs = Date.now()
  return {
    isKept: await isClockKept(),
    behindFilesMs: (await newestMs(dataDir)) - nowMs,
    aheadOfNodeMs: nodeMs === undefined ? undefined : nowMs - nodeMs
  }
}

export interface MachineLook {
  readonly config: Pick<Config, 'dataDir' | 'workers' | 'sandbox'>
  /** Of the running node, which may have been told another number than the configuration says. */
  readonly slots: number | undefined
  readonly nodeMs: number | undefined
}

export async function lookAtMachine({ config, slots, nodeMs }: MachineLook): Promise<MachineFacts> {
  const { dataDir, workers } = config
  return {
    nodeVersion: process.versions.node,
    dataDir,
    freeBytes: await freeBytesIn(dataDir),
    memoryBytes: memoryBytes(),
    slots: slots ?? (workers === 'auto' ? autoSlots() : workers),
    scenesInMemory: memoryForScenes((1920 * 1080) / 1e6, 'aom').scenes,
    sandbox: chooseSandbox(config.sandbox),
    sandboxInstall: installLine(['bwrap']),
    clock: await lookAtClock(dataDir, nodeMs)
  }
}
