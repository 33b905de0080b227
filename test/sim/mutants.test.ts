import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { GATE_SEEDS } from './gate-seeds.ts'
import { MUTANTS, type Mutant } from './mutants/mutants.ts'
import { applyEdits } from './mutants/plant.ts'
import { describeRun } from './report.ts'
import { runSeed } from './swarm/run.ts'
import { givenSwarm } from './swarm/scenario.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
/** Half of what a run takes is compiling the same modules, so what was compiled is kept. It may be deleted at any time. */
const COMPILED = `${ROOT}node_modules/.cache/grav1-test/compiled-sim`
const run = promisify(execFile)

interface Outcome {
  readonly code: number
  readonly output: string
}

/** The simulation of one seed in a process of its own, with the bug planted. */
async function simulate(args: readonly string[]): Promise<Outcome> {
  try {
    const env = { ...process.env, NODE_COMPILE_CACHE: COMPILED }
    const { stdout } = await run(process.execPath, ['test/sim/cli.ts', ...args], { cwd: ROOT, env, timeout: 120_000 })
    return { code: 0, output: stdout }
  } catch (error) {
    const { code, stdout, stderr } = error as { code?: unknown; stdout?: unknown; stderr?: unknown }
    if (typeof code !== 'number') throw error
    return { code, output: `${String(stdout)}${String(stderr)}` }
  }
}

const search = ({ name }: Mutant): string =>
  `look for a seed that does: npm run sim -- --mutant ${name} --seeds 2000 --until-violation`

describe.concurrent('planted bugs', { timeout: 180_000 }, () => {
  for (const mutant of MUTANTS) {
    const { name, what, seed, breaks } = mutant
    it(`${name} (${what}) is caught by seed ${seed}`, async () => {
      const { code, output } = await simulate(['--mutant', name, '--seed', String(seed), '--quiet'])
      expect(code, `seed ${seed} does not catch ${name} any more; ${search(mutant)}\n${output}`).toBe(1)
      const broken = new RegExp(`^seed ${seed}: ([SL]\\d+): `, 'm').exec(output)?.[1]
      expect(breaks, `seed ${seed} ended otherwise than expected; ${search(mutant)}\n${output}`).toContain(broken)
    })
  }
})

describe('the same seeds without a bug', { timeout: 180_000 }, () => {
  // Those that seeds.test.ts runs hold there.
  const drawn = MUTANTS.filter(({ swarm }) => swarm === undefined).map(({ seed }) => seed)
  const given = MUTANTS.flatMap(({ seed, swarm }) => (swarm === undefined ? [] : [{ seed, ...givenSwarm(swarm) }]))

  it.each([...[...new Set(drawn)].filter((seed) => seed > GATE_SEEDS).map((seed) => ({ seed })), ...given])(
    'seed $seed holds',
    (init) => {
      const result = runSeed(init)
      expect(result.violation, describeRun(result)).toBeUndefined()
    }
  )
})

describe('planting', () => {
  it('finds each place exactly once', async () => {
    for (const mutant of MUTANTS) {
      for (const file of new Set(mutant.edits.map((edit) => edit.file))) {
        const source = await readFile(`${ROOT}${file}`, 'utf8')
        expect(applyEdits(mutant, file, source)).not.toBe(source)
      }
    }
  })

  it('fails where a text is missing or there twice', () => {
    const edits = [{ file: 'a.ts', find: 'one', replace: 'two' }]
    expect(() => applyEdits({ name: 'test', edits }, 'a.ts', 'nothing')).toThrow('0 times, not once')
    expect(() => applyEdits({ name: 'test', edits }, 'a.ts', 'one one')).toThrow('2 times, not once')
    expect(applyEdits({ name: 'test', edits }, 'b.ts', 'nothing')).toBe('nothing')
  })

  it('has a bug for each invariant', () => {
    const broken = new Set(MUTANTS.flatMap(({ breaks }) => breaks))
    const wanted = [
      'S1',
      'S2',
      'S3',
      'S4',
      'S5',
      'S6',
      'S7',
      'S8',
      'S9',
      'S10',
      'S11',
      'S12',
      'S13',
      'S15',
      'S16',
      'S17',
      'S18',
      'S19',
      'S20',
      'S21'
    ]
    for (const invariant of [...wanted, 'L1', 'L3', 'L4']) expect(broken).toContain(invariant)
  })
})

describe('the command', { timeout: 60_000 }, () => {
  it.each([
    [['--seeds', 'many'], '--seeds has to be a whole number from 1, not many'],
    [['--seed', '1.5'], '--seed has to be a whole number from 0, not 1.5'],
    [['--mutant', 'nobody'], 'no mutant is called nobody'],
    [['--sed', '1'], '--sed']
  ])('refuses %j', async (args, message) => {
    const { code, output } = await simulate(args)
    expect(code).toBe(2)
    expect(output).toContain(message)
  })

  it('says how to see a violation again', async () => {
    const { name, seed } = MUTANTS[0] ?? { name: '', seed: 0 }
    const { code, output } = await simulate(['--mutant', name, '--from', String(seed), '--seeds', '1'])
    expect(code).toBe(1)
    expect(output).toContain(`replay: npm run sim -- --seed ${seed} --mutant ${name}`)
  })
})
