import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createRecorder, type Recorder } from '../machines/recorder.ts'
import { CannotRunError, ensureNeeds } from '../machines/needs.ts'
import { resultTable } from '../machines/results.ts'
import { cacheFolder, ensurePlainRoot } from '../machines/roots.ts'
import { runLogged } from '../machines/run.ts'
import { CHECKOUT } from '../machines/checkout.ts'
import { buildStages, type Image, readImageFiles } from './build.ts'
import { parseDockerfile, type Stage } from './dockerfile.ts'
import type { Trial } from './trial.ts'

/** The suite of the base image. */
const SUITE = 'trixie'

/** A network that nobody else is in, so that the ports of the image are free. */
const OWN_NETWORK = ['unshare', '--net', '--', 'sh', '-ec', 'ip link set lo up; exec "$@"', 'sh'] as const

async function tryServices(image: Image, stage: Stage, folder: string, signal: AbortSignal): Promise<string> {
  const trial: Trial = { image, steps: stage.steps, compose: (await readImageFiles()).compose, folder }
  const file = join(folder, 'trial.json')
  await writeFile(file, JSON.stringify(trial))
  const words = [...OWN_NETWORK, process.execPath, join(CHECKOUT, 'scripts/image/trial.ts'), file] as const
  const log = join(cacheFolder(), 'logs/image.log')
  const { code, tail } = await runLogged(words, log, { signal })
  if (code === 0) return /^note: (.+)$/m.exec(tail)?.[1] ?? ''
  console.error(tail.slice(-4000))
  throw new Error(`exit code ${code}, see ${log}`)
}

async function buildAndTry(folder: string, { step, signal }: Pick<Recorder, 'step'> & { signal: AbortSignal }) {
  const { folder: plain } = await ensurePlainRoot(SUITE, signal)
  const stages = parseDockerfile((await readImageFiles()).dockerfile)
  const record = async (name: string, task: () => Promise<void>): Promise<void> => {
    const passed = await step('image', name, async () => {
      await task()
      return ''
    })
    if (!passed) throw new Error(`${name} failed`)
  }
  const image = await buildStages(stages, { plain, folder, signal, record })
  const last = stages.at(-1)
  if (last !== undefined) await step('image', 'compose', async () => tryServices(image, last, folder, signal))
}

async function main(signal: AbortSignal): Promise<void> {
  await ensureNeeds({ arm64: false })
  await mkdir(join(cacheFolder(), 'logs'), { recursive: true })
  const folder = await mkdtemp('/tmp/grav1-image-')
  const { step, results } = createRecorder(signal)
  try {
    await buildAndTry(folder, { step, signal })
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    console.log(`\n${resultTable(results)}`)
    if (results.length === 0 || results.some(({ passed }) => !passed)) process.exitCode = 1
  }
}

const stopped = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => stopped.abort(new Error(`stopped by ${name}`)))
}
try {
  await main(stopped.signal)
} catch (error) {
  if (error instanceof CannotRunError && process.env['CI'] === undefined) {
    console.error(`*** SKIPPED: the image was not built, since ${error.message} ***`)
  } else {
    console.error(`image: ${error instanceof Error ? error.message : String(error)}`)
    process.exitCode = 1
  }
}
