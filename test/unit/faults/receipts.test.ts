import { expect, test } from 'vitest'
import type { LogBody } from '../../../src/swarm/protocol/index.ts'
import { brokenReceipts } from '../../faults/receipts.ts'

const receipt = (scene: number, worker: string, provedBy?: string): LogBody => ({
  type: 'accept',
  accept: { scene, worker, provedBy, result: { sha256: '00'.repeat(32), bytes: 1 }, epoch: 1, attempt: 1, encodeMs: 1 }
})
const withdrawn = (worker: string): LogBody => ({ type: 'withdraw', withdraw: { worker, reason: 'wrong-bytes' } })

test.for<[string, LogBody[], string[]]>([
  ['one each', [receipt(0, 'a'), receipt(1, 'b')], []],
  ['none', [], ['its log has no receipts']],
  ['two of one scene', [receipt(0, 'a'), receipt(0, 'b')], ['scene 1 was accepted twice']],
  ['another after a withdrawal', [receipt(0, 'a'), withdrawn('a'), receipt(0, 'b')], []],
  [
    'another after a withdrawal of somebody else',
    [receipt(0, 'a'), withdrawn('b'), receipt(0, 'b')],
    ['scene 1 was accepted twice']
  ],
  [
    'another although it was proved',
    [receipt(0, 'a', 'o'), withdrawn('a'), receipt(0, 'b')],
    ['scene 1 was accepted twice']
  ]
])('receipts: %s', ([, log, broken]) => {
  expect(brokenReceipts(log)).toEqual(broken)
})
