import { expect, test } from 'vitest'
import { proofShareIn } from '../../../../src/node/owner/proof-share.ts'
import { SubmitError } from '../../../../src/node/owner/submit-error.ts'

test.each([
  [undefined, 0.03],
  ['0', 0],
  ['3%', 0.03],
  ['0.5%', 0.005],
  ['12.5 %', 0.125],
  ['100', 1]
])('%j is a share of %d', (text, share) => {
  expect(proofShareIn(text)).toBeCloseTo(share, 10)
})

test.each(['', '%', '-1', '101', '1e2', '3 percent', '3%%', '0,5', '٣'])(
  '%j is refused, and names its field',
  (text) => {
    expect(() => proofShareIn(text)).toThrow(SubmitError)
    expect(() => proofShareIn(text)).toThrow(expect.objectContaining({ code: 'bad-options', field: 'proofs' }))
  }
)
