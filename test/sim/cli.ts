import { parseArgs } from 'node:util'
import { runSeed, type RunResult } from './swarm/run.ts'

const HELP = `npm run sim -- [--seeds 2000] [--from 1] [--until-violation]
npm run sim -- --seed 137        one seed, with a trace of what happened`

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '500' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    'until-violation': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false }
  }
})

if (values.help) console.log(HELP)
else if (values.seed == null) runMany(Number(values.from), Number(values.seeds))
else runOne(Number(values.seed))

function runOne(seed: number): void {
  const result = runSeed({ seed, trace: true })
  for (const line of result.trace) console.log(line)
  console.log(describe(result))
  if (result.violation != null) process.exitCode = 1
}

function runMany(from: number, count: number): void {
  const began = performance.now()
  const sums = { scenes: 0, encodes: 0, encodedMs: 0, abortedMs: 0, events: 0, done: 0 }
  const cleanSums = { scenes: 0, encodes: 0 }
  const violations: RunResult[] = []
  for (let seed = from; seed < from + count; seed += 1) {
    const result = runSeed({ seed })
    sums.done += 1
    sums.events += result.events
    sums.scenes += result.counts.accepted
    sums.encodes += result.counts.encodes
    sums.encodedMs += result.counts.encodedMs
    sums.abortedMs += result.counts.abortedMs
    if (result.mix.faults.size === 0 && result.mix.adversaries.length === 0) {
      cleanSums.scenes += result.counts.accepted
      cleanSums.encodes += result.counts.encodes
    }
    if (result.violation == null) continue
    violations.push(result)
    console.log(describe(result))
    if (values['until-violation']) break
  }
  const seconds = (performance.now() - began) / 1000
  console.log(
    `${sums.done} seeds in ${seconds.toFixed(1)} s (${(sums.done / seconds).toFixed(1)} a second, ${Math.round(sums.events / seconds)} events a second)`
  )
  console.log(
    `encodes per accepted scene ${(sums.encodes / sums.scenes).toFixed(3)}, without faults ${(cleanSums.encodes / cleanSums.scenes).toFixed(3)}; aborted encoder time ${((100 * sums.abortedMs) / sums.encodedMs).toFixed(1)} %`
  )
  console.log(violations.length === 0 ? 'every invariant held' : `${violations.length} seeds violate an invariant`)
  if (violations.length > 0) process.exitCode = 1
}

function describe({ seed, mix, violation, counts, scenes, virtualMs, events }: RunResult): string {
  const faults = [...mix.faults, ...mix.adversaries].join(', ')
  const what = violation == null ? 'held' : violation.message
  return `seed ${seed}: ${what}\n  ${scenes} scenes, ${counts.encodes} encodes, ${Math.round(virtualMs / 1000)} s, ${events} events; ${faults === '' ? 'no faults' : faults}`
}
