import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { anySignal } from '../../src/common/any-signal.ts'
import { compareArchitectures } from './arm64.ts'
import { createMachine, type Machine } from './machine.ts'
import { CannotRunError, ensureNeeds } from './needs.ts'
import { type MachinesOptions, readOptions, type Suite } from './options.ts'
import { createRecorder, type Recorder } from './recorder.ts'
import { resultLine, resultTable, testCounts } from './results.ts'
import { cacheFolder } from './roots.ts'
import { runLogged } from './run.ts'
import { stepsOf } from './steps.ts'
import { MIXED_BUILDS, ONE_BUILD, swarmOf } from './swarm.ts'

/** Long enough for all tests of a machine that is busy. */
const STEP_MS_MAX = 45 * 60_000

/** What ran, where its output goes, and when to stop. */
interface Run {
  readonly options: MachinesOptions
  readonly shared: string
  readonly logs: string
  readonly signal: AbortSignal
  readonly record: Recorder
}

const lastLines = (text: string): string => text.trimEnd().split('\n').slice(-25).join('\n')

/** A figure that the command told, or how many tests passed. */
const noteIn = (output: string): string => testCounts(output) ?? /^note: (.+)$/m.exec(output)?.[1] ?? ''

async function runSteps(machine: Machine, { options, logs, signal, record }: Run): Promise<void> {
  for (const { name, command } of stepsOf(options.only)) {
    const log = join(logs, `${machine.name}-${name.replaceAll(/\W+/g, '-')}.log`)
    const late = anySignal([signal, AbortSignal.timeout(STEP_MS_MAX)])
    await record.step(machine.name, name, async () => {
      const { code, tail } = await runLogged(machine.words(command), log, { signal: late })
      if (code === 0) return noteIn(tail)
      console.error(lastLines(tail))
      throw new Error(`${noteIn(tail) || `exit code ${code}`}, see ${log}`)
    })
  }
}

async function runSwarms(machines: readonly Machine[], { options, record, ...init }: Run): Promise<void> {
  const names = machines.map(({ name }) => name).join(', ')
  await record.step('all', `vp9 --builds compatible: owner here, workers here, ${names}`, async () =>
    swarmOf(MIXED_BUILDS, { owner: undefined, workers: [undefined, ...machines] }, init)
  )
  if (options.only === 'gate') return
  await record.step('all', `svt-av: owner here, workers ${names}`, async () =>
    swarmOf(ONE_BUILD, { owner: undefined, workers: machines }, init)
  )
  for (const machine of machines) {
    const others = machines.filter((one) => one !== machine)
    const step = `svt-av: owner ${machine.name}, the others work`
    await record.step('all', step, async () =>
      swarmOf(ONE_BUILD, { owner: machine, workers: [undefined, ...others] }, init)
    )
  }
}

/** All steps on the machine of one suite. @returns undefined when it cannot be made */
async function runSuite(suite: Suite, run: Run): Promise<Machine | undefined> {
  const { record, shared, signal } = run
  let machine: Machine | undefined
  await record.step(suite, 'root', async () => {
    machine = await createMachine(suite, shared, signal)
    return ''
  })
  if (machine !== undefined) await runSteps(machine, run)
  return machine
}

async function runAll(run: Run): Promise<void> {
  const { options } = run
  const suites = options.suites.filter((one): one is Exclude<Suite, 'arm64'> => one !== 'arm64')
  // Beside each other: a step waits for processes half of the time.
  const found = await Promise.all(suites.map(async (suite) => runSuite(suite, run)))
  const machines = found.filter((machine) => machine !== undefined)
  if (machines.length > 0) await runSwarms(machines, run)
  if (options.suites.includes('arm64')) await compareArchitectures(run)
}

/** Everything, in a folder that is removed again, until the signal aborts. */
async function main(args: readonly string[], signal: AbortSignal): Promise<void> {
  const options = readOptions(args)
  await ensureNeeds({ arm64: options.suites.includes('arm64') })
  const logs = join(cacheFolder(), 'logs')
  await rm(logs, { recursive: true, force: true })
  await mkdir(logs, { recursive: true })
  const shared = await mkdtemp('/tmp/grav1-machines-')
  const record = createRecorder(signal)
  try {
    await runAll({ options, shared, logs, signal, record })
  } finally {
    await rm(shared, { recursive: true, force: true, maxRetries: 5 })
    console.log(`\n${resultTable(record.results)}\n\n${resultLine(record.results)}`)
    if (record.results.length === 0 || record.results.some(({ passed }) => !passed)) process.exitCode = 1
  }
}

const stopped = new AbortController()
// Not once: where nobody listens any more execa's own listener ends the process, before anything is tidied up.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => stopped.abort(new Error(`stopped by ${name}`)))
}
try {
  await main(process.argv.slice(2), stopped.signal)
} catch (error) {
  if (error instanceof CannotRunError && process.env['CI'] === undefined) {
    console.error(`*** SKIPPED: no other system was tried, since ${error.message} ***`)
  } else {
    console.error(`machines: ${error instanceof Error ? error.message : String(error)}`)
    process.exitCode = stopped.signal.aborted ? 130 : 1
  }
}
