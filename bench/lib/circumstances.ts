import { cpus, loadavg, release, totalmem, type } from 'node:os'
import { resolve } from 'node:path'
import { execa } from 'execa'
import { encoderFacts } from '../../src/encode/index.ts'
import { findEncoder } from '../../src/encode/rules/index.ts'
import { programVersion } from '../../src/node/version.ts'
import { cpuTimes, othersCores } from './others.ts'
import type { Circumstances } from './figure.ts'

const ENCODERS = ['aom', 'svt', 'vp9']

/**
 * Begins to look at what a measurement runs beside.
 * @param ownSeconds processor time of the measurement; undefined where the system does not tell
 * @returns what to call when it is over
 */
export function watchCircumstances(ownSeconds: () => number | undefined): () => Promise<Circumstances> {
  const startedAt = new Date().toISOString()
  const began = performance.now()
  const [before = 0] = loadavg()
  const look = () => {
    const own = ownSeconds()
    return own === undefined ? undefined : cpuTimes(own)
  }
  const times = look()
  return async () => {
    const seconds = Math.round((performance.now() - began) / 100) / 10
    const [after = 0] = loadavg()
    const load = { before: twoDigits(before), after: twoDigits(after), othersCores: othersCores(times, look()) }
    const [first] = cpus()
    const machine = {
      cpu: first?.model.trim() ?? 'unknown',
      cores: cpus().length,
      memoryMib: Math.round(totalmem() / 2 ** 20),
      system: `${type()} ${release()}`
    }
    return { startedAt, seconds, commit: await commit(), machine, versions: await versions(), load }
  }
}

const twoDigits = (value: number): number => Math.round(value * 100) / 100

async function versions(): Promise<Record<string, string>> {
  const { signal } = new AbortController()
  const found: Record<string, string> = { node: process.versions.node, grav1: programVersion() }
  const ffmpeg = await execa('ffmpeg', ['-version'], { reject: false })
  const version = /^ffmpeg version (\S+)/.exec(ffmpeg.stdout ?? '')?.[1]
  if (version !== undefined) found['ffmpeg'] = version
  for (const name of ENCODERS) {
    const encoder = findEncoder(name)
    const facts = await encoderFacts(encoder, { signal }).catch(() => undefined)
    if (facts !== undefined) found[encoder.program] = facts.version
  }
  return found
}

async function commit(): Promise<string> {
  const options = { cwd: resolve(import.meta.dirname, '../..'), reject: false }
  const { stdout: head } = await execa('git', ['rev-parse', '--short=10', 'HEAD'], options)
  // What `npm run bench` itself writes is no change of what it measures.
  const written = [':!bench/results', ':!docs/benchmarks.md', ':!docs/images/scaling.svg', ':!README.md']
  const { stdout: changes } = await execa('git', ['status', '--porcelain', '-uno', '--', '.', ...written], options)
  return head ? `${head}${changes ? '+' : ''}` : 'unknown'
}
