import { execa } from 'execa'
import { expect, test } from 'vitest'

const MiB = 1024 * 1024
const SOURCE = new URL('../../../../src/node/boot/young-generation.ts', import.meta.url).href

/**
 * A process that makes what lives for a while and then goes, as a flood of messages does, until the space for new objects is above 64 MiB or so many turns are over.
 * @returns that space, in MiB
 */
async function youngMiB(before: string, turns: number): Promise<number> {
  const program = `
    import { getHeapSpaceStatistics } from 'node:v8'
    import { boundYoungGeneration } from '${SOURCE}'
    ${before}
    const young = () => getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').space_size / ${MiB}
    const kept = []
    for (let turn = 0; turn < ${turns} && young() <= 64; turn += 1) {
      for (let count = 0; count < 30_000; count += 1) kept.push({ name: 'x' + count, list: [count] })
      if (kept.length > 200_000) kept.splice(0, 100_000)
      await new Promise((resolve) => setImmediate(resolve))
    }
    console.log(young())`
  // The limit of V8 depends on the machine otherwise.
  const { stdout } = await execa(process.execPath, ['--max-semi-space-size=64', '--input-type=module', '-e', program])
  return Number(stdout)
}

test(
  'the space for new objects stays at its bound, within one step, where it would have grown',
  { timeout: 120_000 },
  async () => {
    const [bound, free] = await Promise.all([youngMiB('boundYoungGeneration()', 50), youngMiB('', 1000)])
    expect(bound).toBeLessThanOrEqual(64)
    expect(free).toBeGreaterThan(64)
  }
)
