import { expect, test } from 'vitest'
import { batchSize } from '../../../../src/node/owner/preparation.ts'
import { encodeLogRecord, LIMITS } from '../../../../src/swarm/protocol/index.ts'
import { planNo } from '../../../fixtures/protocol-samples.ts'

const plans = (count: number, chars: number) =>
  Array.from({ length: count }, (_, index) => ({ ...planNo(index, index * 10, 10), encoderParams: 'x'.repeat(chars) }))

test('as many scenes go into a record as an envelope holds, and at least one', () => {
  expect(batchSize(plans(10, 0))).toBe(10)
  expect(batchSize(plans(100, 0))).toBe(64)
  expect(batchSize(plans(100, LIMITS.paramsCharsMax))).toBe(8)
  expect(batchSize(plans(1, LIMITS.paramsCharsMax))).toBe(1)
  for (const chars of [0, 100, 500, 1000, LIMITS.paramsCharsMax]) {
    const all = plans(100, chars)
    const scenes = all.slice(0, batchSize(all))
    const body = { type: 'scenes', scenes } as const
    const record = encodeLogRecord({ projectId: 'a'.repeat(26), epoch: 1, seq: 1, prev: 'ab'.repeat(32), body })
    expect(record.byteLength).toBeLessThan(LIMITS.envelopeBytesMax - 1024)
  }
})
