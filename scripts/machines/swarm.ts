import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { execa } from 'execa'
import { anySignal } from '../../src/common/any-signal.ts'
import { createClient, type NodeClient } from '../../src/node/cli/client.ts'
import { nodeAv } from '../../test/fixtures/node-av.ts'
import { buildClip } from '../clip.ts'
import { createLocalSwarm, type LocalNode, type LocalSwarm } from '../local-swarm.ts'
import { fileSha256 } from '../psnr.ts'
import type { Machine } from './machine.ts'
import { ALONE } from './submits.ts'

/** What a swarm is given to do, and what has to come of it. */
export interface SwarmJob {
  readonly encoder: string
  readonly args: readonly string[]
  /** The bytes of one machine, or a whole film of which each worker's build made a part. */
  readonly makes: 'same-bytes' | 'mixed-builds'
}

/** The same build on every machine: it comes from npm. */
export const ONE_BUILD: SwarmJob = {
  encoder: 'svt-av',
  args: ['--encoder', 'svt-av', '--params', '--preset=8 --crf=38'],
  makes: 'same-bytes'
}

/** The vpxenc of each system, which are unlike. */
export const MIXED_BUILDS: SwarmJob = {
  encoder: 'vp9',
  args: ['--encoder', 'vp9', '--params', '--cpu-used=4 --end-usage=q --cq-level=40', '--builds', 'compatible'],
  makes: 'mixed-builds'
}

const CONNECT_MS_MAX = 60_000

/** Where a node runs; undefined: on this system. */
export type Where = Machine | undefined

const nameOf = (where: Where): string => where?.name ?? 'here'

async function clientOf(node: LocalNode): Promise<NodeClient> {
  const token = (await readFile(join(node.dataDir, 'api-token'), 'utf8')).trim()
  return createClient({ url: node.url, token })
}

/** Waits until the owner knows what its workers can encode. */
async function whenConnected(client: NodeClient, encoder: string, workers: number, signal: AbortSignal): Promise<void> {
  const late = anySignal([signal, AbortSignal.timeout(CONNECT_MS_MAX)])
  for (;;) {
    const { peers } = await client.status()
    const ready = peers.filter(
      ({ connected, encoders }) => connected && encoders.some((one) => one.startsWith(`${encoder}/`))
    )
    if (ready.length === workers) return
    await delay(100, undefined, { signal: late })
  }
}

async function encodeTogether(
  swarm: LocalSwarm,
  job: SwarmJob,
  { owner, workers }: SwarmMachines,
  signal: AbortSignal
) {
  const start = async (where: Where, name: string, slots: number, bootstrap?: string) =>
    swarm.start({ name, workers: slots, words: where?.words, ...(bootstrap === undefined ? {} : { bootstrap }) })
  const first = await start(owner, `owner-${nameOf(owner)}`, 0)
  const others = await Promise.all(workers.map(async (one) => start(one, `worker-${nameOf(one)}`, 1, first.address)))
  const client = await clientOf(first)
  await whenConnected(client, job.encoder, others.length, signal)
  const [source, output] = [join(swarm.folder, 'clip.mkv'), join(swarm.folder, 'together.mkv')]
  const code = await swarm.run(
    ['submit', source, '--output', output, ...job.args, '--data-dir', first.dataDir],
    'ignore'
  )
  if (code !== 0) throw new Error(`the job in the swarm ended with ${code}`)
  const project = (await client.status()).projects[0]
  const shares = others.map(({ name, peerId }) => ({ name, scenes: project?.workers[peerId] ?? 0 }))
  return { output, shares, builds: (project?.madeBy ?? []).map(({ build }) => build) }
}

/** Runs a command of the program on another system; its exit code. */
async function runThere(machine: Machine, args: readonly string[], signal: AbortSignal): Promise<number> {
  const [command, ...rest] = machine.words(['node', 'bin/grav1.js', ...args])
  const stop = { cancelSignal: signal, killSignal: 'SIGKILL' } as const
  const { exitCode } = await execa(command, rest, { ...stop, stdin: 'ignore', stdout: 'ignore', reject: false })
  return exitCode ?? 1
}

/** The file of one machine, whose mkvmerge writes both files. @throws Error when it has other bytes */
async function compareWithAlone(
  swarm: LocalSwarm,
  { args }: SwarmJob,
  { owner, output }: { readonly owner: Where; readonly output: string },
  signal: AbortSignal
): Promise<string> {
  const [source, alone] = [join(swarm.folder, 'clip.mkv'), join(swarm.folder, 'alone.mkv')]
  const job = ['submit', source, '--output', alone, ...args, '--data-dir', join(swarm.folder, 'alone'), ...ALONE]
  const code = await (owner === undefined ? swarm.run(job, 'ignore') : runThere(owner, job, signal))
  if (code !== 0) throw new Error('the job on one machine failed')
  const [hash, hashAlone] = await Promise.all([fileSha256(output), fileSha256(alone)])
  if (hash !== hashAlone) throw new Error(`the swarm made ${hash.slice(0, 16)}, one machine ${hashAlone.slice(0, 16)}`)
  return hash.slice(0, 16)
}

/** @throws Error when the receipts name fewer builds than there are workers, or the film does not decode to its end */
async function checkMixed(output: string, builds: readonly string[], workers: number): Promise<string> {
  if (builds.length !== workers) throw new Error(`${workers} builds worked, the receipts name ${builds.join(', ')}`)
  const { stderr } = await execa('ffmpeg', ['-v', 'error', '-xerror', '-i', output, '-f', 'null', '-'])
  if (stderr !== '') throw new Error(`the film is damaged: ${stderr.slice(0, 200)}`)
  return builds.join(', ')
}

/** Where a film is encoded: its owner has no slots, each worker has one. */
export interface SwarmMachines {
  readonly owner: Where
  readonly workers: readonly Where[]
}

/**
 * One film by a swarm of unlike systems. Returns what was compared, and who made how many scenes.
 * @throws Error when the film is not what the job says, or one of the workers made nothing
 */
export async function swarmOf(
  job: SwarmJob,
  machines: SwarmMachines,
  init: { readonly shared: string; readonly signal: AbortSignal }
): Promise<string> {
  const swarm = await createLocalSwarm({ within: init.shared, env: { GRAV1_NODE_AV: await nodeAv() } })
  const stop = () => void swarm.close()
  init.signal.addEventListener('abort', stop, { once: true })
  try {
    await buildClip({ output: join(swarm.folder, 'clip.mkv'), seconds: 12, width: 192, height: 108 })
    const { output, shares, builds } = await encodeTogether(swarm, job, machines, init.signal)
    const idle = shares.filter(({ scenes }) => scenes === 0)
    if (idle.length > 0) throw new Error(`${idle.map(({ name }) => name).join(', ')} made no scene`)
    const found =
      job.makes === 'same-bytes'
        ? await compareWithAlone(swarm, job, { owner: machines.owner, output }, init.signal)
        : await checkMixed(output, builds, machines.workers.length)
    return `${found}; ${shares.map(({ name, scenes }) => `${name} ${scenes}`).join(', ')}`
  } finally {
    init.signal.removeEventListener('abort', stop)
    await swarm.close()
  }
}
