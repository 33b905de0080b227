import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { execa } from 'execa'
import { findEncoders, verifySegment } from '../../src/encode/index.ts'
import { suspicion } from '../../src/encode/rules/index.ts'
import { createClient } from '../../src/node/cli/client.ts'
import { encodeClip, prepareClip } from '../../test/fixtures/encode-scenes.ts'
import { nodeAv } from '../../test/fixtures/node-av.ts'
import { buildClip } from '../clip.ts'
import { createLocalSwarm, type LocalSwarm } from '../local-swarm.ts'
import { fileSha256 } from '../psnr.ts'
import type { WindowsJob } from './windows-scenes.ts'
import { createWine, type Wine } from './wine.ts'

/** The one that a machine with nothing but Node can have. */
const ENCODER = 'svt-av'
const PARAMS = '--preset=10 --crf=35'
const SECONDS = 20
/** Wine takes its time on a busy machine. */
const START_MS_MAX = 120_000
const CONNECT_MS_MAX = 60_000
const ENCODE_MS_MAX = 10 * 60_000
const TAIL_CHARS = 2000

const say = (text: string): void => console.log(text)

async function tail(file: string): Promise<string> {
  return (await readFile(file, 'utf8').catch(() => '')).slice(-TAIL_CHARS)
}

/** What the system has to do for a node, tried one by one. */
async function checkSystem(wine: Wine, shared: string): Promise<void> {
  const log = join(shared, 'checks.log')
  const [command, ...words] = wine.words(['node', 'scripts/machines/windows-checks.ts'], log)
  const { exitCode } = await execa(command, words, { reject: false })
  const said = (await tail(log)).split(/\r?\n/).filter((line) => /^(?:ok|FAILED)/.test(line))
  for (const line of said) say(line)
  if (exitCode !== 0) throw new Error(`the checks of the system ended with ${exitCode}:\n${await tail(log)}`)
}

/** What a Windows node says of its encoder to an owner on Linux. */
async function buildThere(swarm: LocalSwarm, wine: Wine): Promise<string> {
  const owner = await swarm.start({ name: 'owner', workers: 0 })
  const log = join(swarm.folder, 'windows.log')
  const windows = await swarm
    .start({
      name: 'windows',
      workers: 1,
      bootstrap: owner.address,
      words: (command) => wine.words(command, log),
      startMsMax: START_MS_MAX
    })
    .catch(async (error: unknown) => {
      throw new Error(`${String(error)}\n${await tail(log)}`)
    })
  const token = (await readFile(join(owner.dataDir, 'api-token'), 'utf8')).trim()
  const client = createClient({ url: owner.url, token })
  const deadline = AbortSignal.timeout(CONNECT_MS_MAX)
  try {
    for (;;) {
      const { peers } = await client.status()
      const build = peers
        .find(({ peerId }) => peerId === windows.peerId)
        ?.encoders.find((one) => one.startsWith(`${ENCODER}/`))
      if (build !== undefined) return build
      await delay(100, undefined, { signal: deadline })
    }
  } finally {
    await Promise.all([windows.kill(), owner.kill()])
  }
}

/** Encodes the scenes of a film here and there: the same bytes, or a build that says that they are others. */
async function checkScenes(swarm: LocalSwarm, wine: Wine, isSameBuild: boolean): Promise<void> {
  const signal = AbortSignal.timeout(ENCODE_MS_MAX)
  const { path } = await buildClip({ output: join(swarm.folder, 'clip.mkv'), seconds: SECONDS })
  const clip = await prepareClip(path, swarm.folder, 'film', signal)
  const job: WindowsJob = { clip, encoder: ENCODER, params: PARAMS }
  await writeFile(join(swarm.folder, 'job.json'), JSON.stringify(job))
  const log = join(swarm.folder, 'scenes.log')
  const [command, ...words] = wine.words(['node', 'scripts/machines/windows-scenes.ts', swarm.folder], log)
  const began = performance.now()
  const { exitCode } = await execa(command, words, { reject: false, cancelSignal: signal })
  if (exitCode !== 0) throw new Error(`encoding on Windows ended with ${exitCode}:\n${await tail(log)}`)
  const seconds = ((performance.now() - began) / 1000).toFixed(0)

  let same = 0
  for (const scene of clip.scenes) {
    const file = join(swarm.folder, `windows-${scene.index}.ivf`)
    const { video } = clip.source
    const source = { pieceFile: scene.pieceFile, skip: scene.skip }
    const { frames } = scene
    const { likeness } = await verifySegment(
      { file, encoder: ENCODER, frames, video, bitDepth: video.bitDepth, source },
      { signal }
    )
    const doubt = suspicion(likeness)
    if (doubt !== undefined) throw new Error(`scene ${scene.index} of Windows: ${doubt}`)
    const workDir = join(swarm.folder, `linux-${scene.index}`)
    const own = await encodeClip(clip, scene, { encoder: ENCODER, params: PARAMS, workDir }, signal)
    if (own.sha256 === (await fileSha256(file))) same += 1
  }
  say(`Windows made ${clip.scenes.length} scenes in ${seconds} s, all valid; ${same} have the bytes of Linux`)
  if (isSameBuild && same < clip.scenes.length) throw new Error('the same build, and other bytes')
}

process.env['GRAV1_NODE_AV'] = await nodeAv()
const swarm = await createLocalSwarm()
let wine: Wine | undefined
const close = async (): Promise<void> => {
  await wine?.close()
  await swarm.close()
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => void close().finally(() => process.exit(130)))
}
try {
  wine = await createWine(swarm.folder)
  await checkSystem(wine, swarm.folder)
  const there = await buildThere(swarm, wine)
  const { installed } = await findEncoders({ signal: AbortSignal.timeout(CONNECT_MS_MAX) })
  const here = installed.find(({ name }) => name === ENCODER)
  say(`build on Windows ${there}, on Linux ${here?.build}`)
  await checkScenes(swarm, wine, there === here?.build)
  say('a node on Windows (Wine) works, and no owner takes its scenes for those of Linux')
} catch (error) {
  console.error(`test:windows failed: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
} finally {
  await close()
}
