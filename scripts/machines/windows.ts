import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { createClient } from '../../src/node/cli/client.ts'
import { nodeAv } from '../../test/fixtures/node-av.ts'
import { buildClip } from '../clip.ts'
import { createLocalSwarm, type LocalSwarm } from '../local-swarm.ts'
import { fileSha256 } from '../psnr.ts'
import { createWine, type Wine } from './wine.ts'

/** The one encoder that every machine can have in the same build. */
const JOB = ['--encoder', 'svt-av', '--params', '--preset=10 --crf=35']
const SECONDS = 20
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

/** A film whose only worker runs on Windows, and the same by this machine alone. */
async function checkFilm(swarm: LocalSwarm, wine: Wine): Promise<void> {
  const [source, together, alone] = ['clip.mkv', 'together.mkv', 'alone.mkv'].map((name) =>
    join(swarm.folder, name)
  ) as [string, string, string]
  const clip = await buildClip({ output: source, seconds: SECONDS })
  const owner = await swarm.start({ name: 'owner', workers: 0 })
  const log = join(swarm.folder, 'windows.log')
  const windows = await swarm
    .start({ name: 'windows', workers: 1, bootstrap: owner.address, words: (command) => wine.words(command, log) })
    .catch(async (error: unknown) => {
      throw new Error(`${String(error)}\n${await tail(log)}`)
    })
  const began = performance.now()
  const job = [source, '--output', together, ...JOB, '--data-dir', owner.dataDir]
  if ((await swarm.run(['submit', ...job])) !== 0) throw new Error(`the job failed:\n${await tail(log)}`)
  const seconds = ((performance.now() - began) / 1000).toFixed(0)
  const token = (await readFile(join(owner.dataDir, 'api-token'), 'utf8')).trim()
  const [project] = (await createClient({ url: owner.url, token }).status()).projects
  const made = project?.workers[windows.peerId] ?? 0
  say(`Windows made ${made} of ${project?.scenes.total} scenes, ${clip.frames} frames, in ${seconds} s`)
  if (made === 0 || made !== project?.scenes.total) throw new Error('it was to make all of them')
  await windows.kill()

  const options = ['--data-dir', join(swarm.folder, 'alone'), '--workers', '1', '--no-mdns']
  const own = [source, '--output', alone, ...JOB, ...options, '--listen', '/ip4/127.0.0.1/tcp/0']
  if ((await swarm.run(['submit', ...own], 'ignore')) !== 0) throw new Error('the job on Linux failed')
  const [hash, hashAlone] = await Promise.all([fileSha256(together), fileSha256(alone)])
  say(`sha-256 ${hash} by Windows`)
  say(`        ${hashAlone} by Linux`)
  if (hash !== hashAlone) throw new Error('Windows and Linux made different files')
}

const swarm = await createLocalSwarm({ env: { GRAV1_NODE_AV: await nodeAv() } })
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
  await checkFilm(swarm, wine)
  say('a worker on Windows (Wine) makes the bytes of Linux')
} catch (error) {
  console.error(`test:windows failed: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
} finally {
  await close()
}
