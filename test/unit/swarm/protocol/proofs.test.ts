import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { PROOF_SHARE, proofShareOf, type TrustLedger } from '../../../../src/swarm/protocol/index.ts'
import { createRandom } from '../../../sim/engine/random.ts'

const RUNS = 4000
const NOTHING_SEEN: TrustLedger = new Map()

/** The table of the documentation: shares of the head, and rows of scenes and chances in percent. */
async function table(): Promise<{ readonly shares: readonly number[]; readonly rows: readonly (readonly number[])[] }> {
  const text = await readFile(new URL('../../../../docs/encoding.md', import.meta.url), 'utf8')
  const lines = text
    .slice(text.indexOf('test/unit/swarm/protocol/proofs.test.ts'))
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(0, 8)
  const [shares = [], , ...rows] = lines.map((line) => line.match(/\d+/gu)?.map(Number) ?? [])
  return { shares: shares.map((percent) => percent / 100), rows }
}

test('the documented chance to go unseen is that of a simulated worker that was proved once', async () => {
  const { shares, rows } = await table()
  expect(shares).toContain(PROOF_SHARE)
  expect(rows).toHaveLength(6)
  const random = createRandom(1)
  const isUnseen = (lies: number, share: number): boolean => {
    const question = { worker: 'w', isKnown: true, isFirst: false, share }
    for (let lie = 0; lie < lies; lie += 1) if (random.chance(proofShareOf(NOTHING_SEEN, question))) return false
    return true
  }
  for (const [lies = 0, ...chances] of rows)
    for (const [column, share] of shares.entries()) {
      let unseen = 0
      for (let run = 0; run < RUNS; run += 1) unseen += Number(isUnseen(lies, share))
      const percent = (unseen / RUNS) * 100
      expect(Math.abs(percent - (chances[column] ?? NaN)), `${lies} lies, share ${share}`).toBeLessThan(3)
    }
})

test('a known worker that lies from its first scene on is always seen, unless the user wants no proofs', () => {
  const first = { worker: 'w', isKnown: true, isFirst: true }
  expect(proofShareOf(NOTHING_SEEN, { ...first, share: 0.0001 })).toBe(1)
  expect(proofShareOf(NOTHING_SEEN, { ...first, share: 0 })).toBe(0)
})
