import { parseArgs } from 'node:util'
import { MUTANTS } from './mutants/mutants.ts'
import { plant } from './mutants/plant.ts'
import { describeRun, isClean, shortNames, sumUp } from './report.ts'
import type { RunResult } from './swarm/run.ts'

const HELP = `npm run sim -- [--seeds 500] [--from 1] [--until-violation] [--mutant <name>]
npm run sim -- --seed 137 [--mutant <name>] [--quiet]

  --seeds <n>         how many seeds to run (default 500)
  --from <n>          the first of them (default 1)
  --until-violation   stop at the first that breaks an invariant
  --seed <n>          run one and print what happened, one line for each event
  --quiet             the outcome only
  --mutant <name>     with a bug planted in the code; names:
${MUTANTS.map(({ name, what }) => `                        ${name.padEnd(26)} ${what}`).join('\n')}

Exit code: 0 every invariant held, 1 one did not, 2 the arguments make no sense.`

interface Options {
  readonly seeds: number
  readonly from: number
  readonly seed: number | undefined
  readonly isUntilViolation: boolean
  readonly isQuiet: boolean
  readonly mutant: string | undefined
  readonly isHelp: boolean
}

class UsageError extends Error {}

try {
  const options = readOptions()
  if (options.isHelp) console.log(HELP)
  else await run(options)
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  console.error(`${error.message}\n\n${HELP}`)
  process.exitCode = 2
}

function readOptions(): Options {
  const values = parse()
  const mutant = values.mutant
  if (mutant != null && !MUTANTS.some(({ name }) => name === mutant))
    throw new UsageError(`no mutant is called ${mutant}`)
  return {
    seeds: wholeNumber('--seeds', values.seeds, 1),
    from: wholeNumber('--from', values.from, 0),
    seed: values.seed == null ? undefined : wholeNumber('--seed', values.seed, 0),
    isUntilViolation: values['until-violation'],
    isQuiet: values.quiet,
    mutant,
    isHelp: values.help
  }
}

function parse() {
  try {
    return parseArgs({
      options: {
        seeds: { type: 'string', default: '500' },
        from: { type: 'string', default: '1' },
        seed: { type: 'string' },
        'until-violation': { type: 'boolean', default: false },
        quiet: { type: 'boolean', default: false },
        mutant: { type: 'string' },
        help: { type: 'boolean', default: false }
      }
    }).values
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function wholeNumber(option: string, text: string, least: number): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < least)
    throw new UsageError(`${option} has to be a whole number from ${least}, not ${text}`)
  return value
}

async function run({ seeds, from, seed, isUntilViolation, isQuiet, mutant }: Options): Promise<void> {
  const planted = mutant == null ? undefined : plant(mutant)
  // Not before the bug is planted.
  const [{ runSeed: runDrawn }, { givenSwarm }] = await Promise.all([
    import('./swarm/run.ts'),
    import('./swarm/scenario.ts')
  ])
  planted?.check()
  const given = givenSwarm(MUTANTS.find(({ name }) => name === mutant)?.swarm)
  const runSeed: RunSeed = (init) => runDrawn({ ...init, ...given })
  const violated =
    seed == null
      ? runMany(runSeed, { from, seeds, isUntilViolation, mutant })
      : runOne(runSeed, { seed, isQuiet, mutant })
  if (violated) process.exitCode = 1
}

type RunSeed = (init: { readonly seed: number; readonly trace?: boolean }) => RunResult

function runOne(
  runSeed: RunSeed,
  { seed, isQuiet, mutant }: { readonly seed: number; readonly isQuiet: boolean; readonly mutant: string | undefined }
): boolean {
  const result = runSeed({ seed, trace: !isQuiet })
  for (const line of result.trace) console.log(shortNames(line))
  console.log(describeRun(result, mutant))
  return result.violation != null
}

function runMany(
  runSeed: RunSeed,
  { from, seeds, isUntilViolation, mutant }: Pick<Options, 'from' | 'seeds' | 'isUntilViolation' | 'mutant'>
): boolean {
  const began = performance.now()
  const results: RunResult[] = []
  for (let seed = from; seed < from + seeds; seed += 1) {
    const result = runSeed({ seed })
    results.push(result)
    if (result.violation == null) continue
    console.log(describeRun(result, mutant))
    if (isUntilViolation) break
  }
  const seconds = (performance.now() - began) / 1000
  const all = sumUp(results)
  const rate = `${(all.seeds / seconds).toFixed(1)} a second, ${Math.round(all.events / seconds)} events a second`
  console.log(`${all.seeds} seeds in ${seconds.toFixed(1)} s (${rate})`)
  const clean = sumUp(results.filter(isClean))
  if (clean.seeds > 0) console.log(`without faults: ${clean.encodesPerScene.toFixed(3)} encodes per accepted scene`)
  const faulty = sumUp(results.filter((result) => !isClean(result)))
  if (faulty.seeds > 0)
    console.log(
      `under faults: ${faulty.encodesPerScene.toFixed(3)} encodes per accepted scene, ${faulty.neededPerScene.toFixed(3)} of them not the faults' own; ${(100 * faulty.abortedShare).toFixed(1)} % of encoder time aborted`
    )
  const bad = results.filter(({ violation }) => violation != null).length
  console.log(bad === 0 ? 'every invariant held' : `${bad} of ${all.seeds} seeds broke an invariant`)
  return bad > 0
}
