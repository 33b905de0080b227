import { mkdir, readFile, rm } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { ProjectStatus } from '../src/api/schemas/index.ts'
import { createClient, type NodeClient } from '../src/node/cli/client.ts'
import { buildClip } from './clip.ts'
import { createLocalSwarm, type LocalNode, type LocalSwarm } from './local-swarm.ts'
import { comparePictures, countFrames, fileSha256 } from './psnr.ts'

const folder = resolve(import.meta.dirname, '../demo-output')
const params = '--cpu-used=6 --end-usage=q --cq-level=32 --lag-in-frames=19'
/** `--small`: a film that other systems encode before each merge. */
const isSmall = process.argv.includes('--small')
const picture = isSmall ? { seconds: 10, width: 192, height: 108 } : { seconds: 20, width: 384, height: 216 }
/** Scenes that are done before a worker is killed. */
const scenesBeforeKill = isSmall ? 1 : 3
const meanPsnrMin = 30

const say = (text: string): void => console.log(text)

function check(holds: boolean, what: string): void {
  if (!holds) throw new Error(what)
}

async function onlyProject(client: NodeClient): Promise<ProjectStatus | undefined> {
  return (await client.status()).projects[0]
}

/** Waits until some scenes are done and one of the workers is in the middle of another, and kills that worker. */
async function killOne(client: NodeClient, workers: readonly LocalNode[], signal: AbortSignal): Promise<LocalNode> {
  for (;;) {
    const project = await onlyProject(client)
    const busy = project?.running.find(({ frames, pass }) => frames > 0 || pass === 2)
    const worker = workers.find(({ peerId }) => peerId === busy?.worker)
    if (project && busy && worker && project.scenes.done >= scenesBeforeKill) {
      await worker.kill()
      say(`\n*** SIGKILL for ${worker.name}, in pass ${busy.pass} of scene ${busy.scene + 1} ***`)
      return worker
    }
    signal.throwIfAborted()
    await delay(50)
  }
}

async function encodeInSwarm(swarm: LocalSwarm, source: string, output: string): Promise<void> {
  const owner = await swarm.start({ name: 'owner', workers: 0 })
  const join = { workers: 1, bootstrap: owner.address }
  const [a, b] = await Promise.all([
    swarm.start({ name: 'worker-a', ...join }),
    swarm.start({ name: 'worker-b', ...join })
  ])
  say(`three nodes: ${[owner, a, b].map(({ name, peerId }) => `${name} ..${peerId.slice(-8)}`).join(', ')}`)
  const token = (await readFile(`${owner.dataDir}/api-token`, 'utf8')).trim()
  const client = createClient({ url: owner.url, token })

  const ended = new AbortController()
  const job = [source, '--output', output, '--overwrite', '--params', params, '--data-dir', owner.dataDir]
  const submitted = swarm.run(['submit', ...job]).finally(() => ended.abort(new Error('the job ended too early')))
  const killed = await killOne(client, [a, b], ended.signal)
  await delay(1000)
  await swarm.start({ name: killed.name, ...join })
  say(`\n*** ${killed.name} is back ***`)
  check((await submitted) === 0, 'the job failed')

  const project = await onlyProject(client)
  check(project?.state === 'completed', `the project is ${project?.state}`)
  const names = new Map([owner, a, b].map(({ peerId, name }) => [peerId, name]))
  const shares = Object.entries(project?.workers ?? {}).map(([id, scenes]) => `${names.get(id) ?? id} ${scenes}`)
  const accepted = Object.values(project?.workers ?? {}).reduce((sum, scenes) => sum + scenes, 0)
  say(`scenes          ${project?.scenes.total}: ${shares.join(', ')}`)
  check(accepted === project?.scenes.total, `${accepted} of ${project?.scenes.total} scenes have a worker`)
  check(project?.outputSha256 === (await fileSha256(output)), 'the node names another sha-256 than the file has')
}

async function demo(swarm: LocalSwarm): Promise<void> {
  const began = performance.now()
  await mkdir(folder, { recursive: true })
  const [source, output, alone] = ['clip.mkv', 'clip.aom.mkv', 'alone.aom.mkv'].map((name) => join(folder, name)) as [
    string,
    string,
    string
  ]
  const clip = await buildClip({ output: source, ...picture })
  say(`clip: ${clip.frames} frames, ${clip.width}x${clip.height}, cuts at ${clip.cuts.join(' ')}, with sound`)
  await encodeInSwarm(swarm, source, output)

  const frames = await countFrames(output)
  say(`frames          ${clip.frames} in, ${frames} out`)
  check(frames === clip.frames, 'frames were lost or added')
  const quality = await comparePictures(output, source)
  check(quality.frames === frames, `only ${quality.frames} frames could be compared`)
  say(
    `PSNR            mean ${quality.mean.toFixed(2)} dB, min ${quality.min.toFixed(2)} dB (frame ${quality.minFrame})`
  )
  check(quality.mean >= meanPsnrMin, `a mean PSNR below ${meanPsnrMin} dB: these are not the source's pictures`)

  say('the same on one machine, without peers')
  const options = ['--params', params, '--data-dir', join(swarm.folder, 'alone'), '--workers', '2', '--no-mdns']
  const job = [source, '--output', alone, '--overwrite', ...options, '--listen', '/ip4/127.0.0.1/tcp/0']
  check((await swarm.run(['submit', ...job], 'ignore')) === 0, 'the job on one machine failed')
  const [hash, hashAlone] = await Promise.all([fileSha256(output), fileSha256(alone)])
  await rm(alone)
  say(`sha-256         ${hash} swarm`)
  say(`                ${hashAlone} one machine`)
  check(hash === hashAlone, 'the swarm and one machine made different files')
  say(`took            ${((performance.now() - began) / 1000).toFixed(0)} s`)
  say(`result          ${relative(process.cwd(), output)}`)
}

const swarm = await createLocalSwarm()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => void swarm.close().finally(() => process.exit(130)))
}
try {
  await demo(swarm)
} catch (error) {
  console.error(`demo failed: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
} finally {
  await swarm.close()
}
