import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { execa } from 'execa'
import { createClient, type NodeClient } from '../../src/node/cli/client.ts'
import { nodeAv } from '../../test/fixtures/node-av.ts'
import { buildClip } from '../clip.ts'
import { createLocalSwarm, type LocalNode, type LocalSwarm } from '../local-swarm.ts'
import { fileSha256 } from '../psnr.ts'
import type { Machine } from './machine.ts'
import { ALONE } from './submits.ts'

/** The same build on every machine: it comes from npm. */
const JOB = ['--encoder', 'svt-av', '--params', '--preset=8 --crf=38']

const CONNECT_MS_MAX = 60_000

/** Where a node runs; undefined: on this system. */
export type Where = Machine | undefined

const nameOf = (where: Where): string => where?.name ?? 'here'

async function clientOf(node: LocalNode): Promise<NodeClient> {
  const token = (await readFile(join(node.dataDir, 'api-token'), 'utf8')).trim()
  return createClient({ url: node.url, token })
}

/** Waits until the owner knows what its workers can encode. */
async function whenConnected(client: NodeClient, workers: number, signal: AbortSignal): Promise<void> {
  const late = AbortSignal.any([signal, AbortSignal.timeout(CONNECT_MS_MAX)])
  for (;;) {
    const { peers } = await client.status()
    const ready = peers.filter(
      ({ connected, encoders }) => connected && encoders.some((one) => one.startsWith('svt-av'))
    )
    if (ready.length === workers) return
    await delay(100, undefined, { signal: late })
  }
}

async function encodeTogether(swarm: LocalSwarm, owner: Where, workers: readonly Where[], signal: AbortSignal) {
  const start = async (where: Where, name: string, slots: number, bootstrap?: string) =>
    swarm.start({ name, workers: slots, words: where?.words, ...(bootstrap === undefined ? {} : { bootstrap }) })
  const first = await start(owner, `owner-${nameOf(owner)}`, 0)
  const others = await Promise.all(workers.map(async (one) => start(one, `worker-${nameOf(one)}`, 1, first.address)))
  const client = await clientOf(first)
  await whenConnected(client, others.length, signal)
  const [source, output] = [join(swarm.folder, 'clip.mkv'), join(swarm.folder, 'together.mkv')]
  const code = await swarm.run(['submit', source, '--output', output, ...JOB, '--data-dir', first.dataDir], 'ignore')
  if (code !== 0) throw new Error(`the job in the swarm ended with ${code}`)
  const made = (await client.status()).projects[0]?.workers ?? {}
  const shares = others.map(({ name, peerId }) => ({ name, scenes: made[peerId] ?? 0 }))
  return { output, shares }
}

/** Runs a command of the program on another system; its exit code. */
async function runThere(machine: Machine, args: readonly string[], signal: AbortSignal): Promise<number> {
  const [command, ...rest] = machine.words(['node', 'bin/grav1.js', ...args])
  const stop = { cancelSignal: signal, killSignal: 'SIGKILL' } as const
  const { exitCode } = await execa(command, rest, { ...stop, stdin: 'ignore', stdout: 'ignore', reject: false })
  return exitCode ?? 1
}

/**
 * One film by a swarm of unlike systems and by the owner's system alone, whose mkvmerge writes both files. Returns who made how many scenes.
 * @throws Error when the files differ or one of the workers made nothing
 */
export async function swarmOf(
  owner: Where,
  workers: readonly Where[],
  init: { readonly shared: string; readonly signal: AbortSignal }
): Promise<string> {
  const swarm = await createLocalSwarm({ within: init.shared, env: { GRAV1_NODE_AV: await nodeAv() } })
  const stop = () => void swarm.close()
  init.signal.addEventListener('abort', stop, { once: true })
  try {
    const { path } = await buildClip({ output: join(swarm.folder, 'clip.mkv'), seconds: 16 })
    const { output, shares } = await encodeTogether(swarm, owner, workers, init.signal)
    const alone = join(swarm.folder, 'alone.mkv')
    const job = ['submit', path, '--output', alone, ...JOB, '--data-dir', join(swarm.folder, 'alone'), ...ALONE]
    const code = await (owner === undefined ? swarm.run(job, 'ignore') : runThere(owner, job, init.signal))
    if (code !== 0) throw new Error('the job on one machine failed')
    const [hash, hashAlone] = await Promise.all([fileSha256(output), fileSha256(alone)])
    if (hash !== hashAlone)
      throw new Error(`the swarm made ${hash.slice(0, 16)}, one machine ${hashAlone.slice(0, 16)}`)
    const idle = shares.filter(({ scenes }) => scenes === 0)
    if (idle.length > 0) throw new Error(`${idle.map(({ name }) => name).join(', ')} made no scene`)
    return `${hash.slice(0, 16)}; ${shares.map(({ name, scenes }) => `${name} ${scenes}`).join(', ')}`
  } finally {
    init.signal.removeEventListener('abort', stop)
    await swarm.close()
  }
}
