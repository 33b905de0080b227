import { mkdir, mkdtemp, readFile, rm, rmdir, writeFile } from 'node:fs/promises'
import { constants, setPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { createBrake, encodeScene } from '../src/encode/index.ts'
import { findEncoder } from '../src/encode/rules/index.ts'
import { createCpuCap } from '../src/node/manners/cpu-cap.ts'
import { preparedClip } from './prepared-clip.ts'
import { buildClip } from '../scripts/clip.ts'

/** What encodes take under `--max-cpu`, by the accounts of the kernel for a control group of their own; as root on Linux. The share is of one processor, so that one slot can reach it. */
const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '20' }, slots: { type: 'string', default: '1' } }
})
const seconds = z.coerce.number().min(1).parse(values.seconds)
const slots = z.coerce.number().int().min(1).parse(values.slots)

const SETTINGS = [
  { encoder: 'aom', params: '--cpu-used=4 --end-usage=q --cq-level=30' },
  { encoder: 'vp9', params: '--cpu-used=2 --end-usage=q --cq-level=32' },
  { encoder: 'svt', params: '--preset=6 --crf=35' }
] as const
const PERCENTS = [30, 60, 100]

/** Where the kernel counts, and how: of version 1 in nanoseconds, of version 2 in a line of microseconds. */
const GROUPS = [
  ['/sys/fs/cgroup/cpuacct', 'cpuacct.usage', /^(\d+)/, 1e6],
  ['/sys/fs/cgroup', 'cpu.stat', /^usage_usec (\d+)/m, 1e3]
] as const

/** Puts this process into a control group. @returns what reads the milliseconds that it took with all that it started, and what ends it */
async function ownGroup() {
  for (const [root, file, pattern, perMs] of GROUPS) {
    const folder = join(root, `grav1-bench-${process.pid}`)
    const made = await mkdir(folder).then(
      () => true,
      () => false
    )
    if (!made) continue
    await writeFile(join(folder, 'cgroup.procs'), String(process.pid))
    return {
      takenMs: async () => Number(pattern.exec(await readFile(join(folder, file), 'utf8'))?.[1]) / perMs,
      leave: async () => {
        await writeFile(join(root, 'cgroup.procs'), String(process.pid))
        // A program that has just ended may still be in it.
        await rmdir(folder).catch(() => {})
      }
    }
  }
  throw new Error('this needs root and the control groups of Linux')
}

const ownMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e3
}

const folder = await mkdtemp(join(tmpdir(), 'grav1-bench-'))
const group = await ownGroup()
try {
  // Whatever else this machine does.
  setPriority(constants.priority.PRIORITY_HIGHEST)
  const clip = await buildClip({ output: join(folder, 'clip.mkv'), seconds: 8, width: 640, height: 360, cuts: [96] })
  const { signal } = new AbortController()
  const lengths = { minFrames: 24, maxFrames: 96, threshold: undefined }
  const { source, scenes } = await preparedClip(clip.path, join(folder, 'prepare'), lengths, signal)

  const shareOf = async ({ encoder: name, params: text }: (typeof SETTINGS)[number], percent: number) => {
    const encoder = findEncoder(name)
    const common = { encoder: encoder.name, params: encoder.parseParams(text), video: source.video }
    const brake = createBrake()
    const cap = createCpuCap({ brake }, { threads: 1, cores: 1 })
    cap.set(percent / 100)
    const before = { atMs: performance.now(), takenMs: await group.takenMs(), ownMs: ownMs() }
    const slot = async (number: number): Promise<void> => {
      for (let at = number; performance.now() - before.atMs < seconds * 1000; at += slots) {
        const scene = scenes[at % scenes.length]
        if (scene === undefined) throw new Error('the film has no scene')
        const to = join(folder, `${name}-${percent}-${at}`)
        await mkdir(to)
        const encode = { ...scene, ...common, threads: 1, nice: 0, workDir: to, onProgress: () => {} }
        await brake.run(async () => encodeScene(encode, { signal }))
      }
    }
    await Promise.all(Array.from({ length: slots }, async (_, number) => slot(number)))
    const takenMs = (await group.takenMs()) - before.takenMs - (ownMs() - before.ownMs)
    cap.stop()
    return (100 * takenMs) / (performance.now() - before.atMs)
  }

  console.log(`| encoder, ${slots} at once | ${PERCENTS.map((percent) => `asked ${percent} %`).join(' | ')} |`)
  console.log(`| --- | ${PERCENTS.map(() => '--:').join(' | ')} |`)
  for (const setting of SETTINGS) {
    const shares = []
    for (const percent of PERCENTS) shares.push(`${(await shareOf(setting, percent)).toFixed(1)} %`)
    console.log(`| ${setting.encoder} | ${shares.join(' | ')} |`)
  }
} finally {
  await group.leave()
  await rm(folder, { recursive: true, force: true })
}
