import { readdir } from 'node:fs/promises'
import { execa } from 'execa'
import { eventually, getProject, getStatus, sha256 } from '../e2e/harness.ts'
import { program } from '../fixtures/program.ts'
import { stored } from '../e2e/stored-log.ts'
import { brokenReceipts } from './receipts.ts'
import { processesOf, unfinishedFiles } from './left-behind.ts'
import type { Fault } from './fault.ts'
import type { Film, Stage } from './stage.ts'

const STOP_MS_MAX = 30_000
const VERIFY_MS_MAX = 120_000

/** What a fault is held against. */
export interface Judged {
  readonly stage: Stage
  readonly fault: Fault
  /** sha-256 of the film without a fault; undefined for the run that makes it. */
  readonly expected: string | undefined
  /** No other process shares this process's view of the machine. */
  readonly isAlone: boolean
}

/** Everything that does not hold at the end, in words; stops the nodes. Empty: all is well. */
export async function brokenPromises({ stage, fault, expected, isAlone }: Judged): Promise<string[]> {
  const broken: string[] = []
  const { waits } = fault
  if (waits !== undefined && !stage.told.some((reason) => waits.test(reason)))
    broken.push(`nobody was told ${String(waits)}, but ${JSON.stringify(stage.told)}`)
  const [first] = stage.films
  const bytes = fault.hasOwnBytes === true && first !== undefined ? sha256(first.output) : expected
  for (const film of stage.films) broken.push(...(await ofFilm(stage, film, bytes)))
  // The version before writes none.
  if (fault.hasOwnBytes !== true) for (const film of stage.films) broken.push(...(await ofManifest(stage, film)))
  broken.push(...(await ofPeers(stage, fault)))
  await stopAll(stage)
  for (const film of stage.films) broken.push(...(await ofLog(stage, film)))
  broken.push(...(await leftBehind(stage, isAlone)))
  return broken
}

async function ofFilm(stage: Stage, film: Film, expected: string | undefined): Promise<string[]> {
  const project = await getProject(stage.node(film.owner).url, film.projectId)
  if (project?.state !== 'completed')
    return [`${film.output} is not completed but ${project?.state}: ${project?.reason}`]
  const broken: string[] = []
  const hash = sha256(project.outputPath ?? film.output)
  if (expected !== undefined && hash !== expected) broken.push(`${film.output} has other bytes`)
  if (hash !== project.outputSha256) broken.push(`${film.output} has other bytes than its node says`)
  if (project.scenes.done !== project.scenes.total || project.failures.length > 0) broken.push('scenes are not done')
  return broken
}

/** The manifest beside a film, as a process of its own finds it: what looks after programs lives as long as who started them. */
async function ofManifest(stage: Stage, film: Film): Promise<string[]> {
  const { url, peerId, dataDir } = stage.node(film.owner)
  const output = (await getProject(url, film.projectId))?.outputPath ?? film.output
  const { exitCode, all } = await execa(process.execPath, [program, 'verify', output, '--signer', peerId], {
    reject: false,
    all: true,
    stdin: 'ignore',
    timeout: VERIFY_MS_MAX,
    env: { GRAV1_DATA_DIR: dataDir }
  })
  return exitCode === 0 ? [] : [`its manifest: ${all}`]
}

/** No honest node is barred, refused or caught, whomever of the others one asks. */
async function ofPeers(stage: Stage, { guilty = [] }: Fault): Promise<string[]> {
  const honest = new Map(
    stage.names.filter((name) => !guilty.includes(name)).map((name) => [stage.node(name).peerId, name])
  )
  const asked = stage.names.map(async (name) => {
    const { peers, projects } = await getStatus(stage.node(name).url)
    const caught = projects.flatMap((project) => (project.caught ?? []).map(({ worker }) => worker))
    return [
      ...peers.flatMap(({ peerId, trust, scenesRefused }) =>
        trust === 'barred' || scenesRefused > 0
          ? [{ peerId, what: `${trust} with ${scenesRefused} scenes refused` }]
          : []
      ),
      ...caught.map((peerId) => ({ peerId, what: 'caught' }))
    ].flatMap(({ peerId, what }) =>
      honest.has(peerId) ? [`${honest.get(peerId)}, which is honest, is ${what} at ${name}`] : []
    )
  })
  return (await Promise.all(asked)).flat()
}

async function stopAll(stage: Stage): Promise<void> {
  await Promise.all(
    stage.names.map(async (name) => {
      const { signal, exited } = stage.node(name)
      signal('SIGTERM')
      const late = AbortSignal.timeout(STOP_MS_MAX)
      const gaveUp = new Promise<never>((_, reject) => {
        late.addEventListener('abort', () => reject(new Error(`${name} does not stop`)), { once: true })
      })
      await Promise.race([exited, gaveUp])
    })
  )
}

async function ofLog(stage: Stage, film: Film): Promise<string[]> {
  const { log, proofs } = await stored(stage.node(film.owner).dataDir, film.projectId)
  return [...(proofs > 0 ? ['its owner forked a log'] : []), ...brokenReceipts(log.map(({ body }) => body))]
}

async function leftBehind(stage: Stage, isAlone: boolean): Promise<string[]> {
  const broken: string[] = []
  for (const { place, output } of stage.films) {
    const others = (await readdir(place)).filter(
      (name) => ![output, `${output}.grav1.json`].some((file) => file.endsWith(`/${name}`))
    )
    if (others.length > 0) broken.push(`beside the film: ${others.join(' ')}`)
  }
  for (const name of stage.names) {
    const files = await unfinishedFiles(stage.node(name).dataDir)
    if (files.length > 0) broken.push(`unfinished files: ${files.join(' ')}`)
  }
  // A killed program is gone a moment later than whoever killed it.
  const noneLeft = async (): Promise<true | undefined> =>
    (await processesOf(stage.folder, isAlone)).length === 0 ? true : undefined
  await eventually('no process to be left', noneLeft).catch(async () =>
    broken.push(`processes: ${(await processesOf(stage.folder, isAlone)).map(({ words }) => words).join('; ')}`)
  )
  return broken
}
