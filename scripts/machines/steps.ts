import { SUBMITS, submitName } from './submits.ts'
import type { Extent } from './options.ts'

/** One thing that has to work on a machine: a command of the checkout there. */
export interface Step {
  readonly name: string
  readonly command: readonly string[]
}

const vitest = (name: string, ...args: readonly string[]): Step => ({
  name,
  command: ['node', 'node_modules/vitest/vitest.mjs', 'run', ...args]
})

const submit = (number: number): Step => {
  const one = SUBMITS[number]
  if (one === undefined) throw new RangeError(`there is no submission ${number}`)
  return { name: `submit ${submitName(one)}`, command: ['node', 'scripts/machines/inside-submit.ts', String(number)] }
}

/** What runs on a machine. */
export function stepsOf(only: Extent): readonly Step[] {
  const submits = SUBMITS.flatMap(({ inGate }, number) => (only === 'all' || inGate ? [submit(number)] : []))
  const demo = { name: 'demo', command: ['node', 'scripts/demo.ts'] }
  const small = { ...demo, command: [...demo.command, '--small'] }
  if (only === 'gate') return [small, ...submits]
  const tests = [
    vitest('unit tests', '--project', 'unit'),
    vitest('encode tests', 'test/integration/encode'),
    vitest('media tests', 'test/media'),
    vitest('node tests', 'test/integration/node')
  ]
  return [demo, ...submits, ...tests]
}
