import { PROOF_SHARE } from '../../swarm/protocol/index.ts'
import { SubmitError } from './submit-error.ts'

/**
 * How many of the results of other machines are proved.
 * @param text `3%`, `0.5%` or `100`; undefined for the default
 * @returns 0 to 1
 * @throws SubmitError `bad-options`
 */
export function proofShareIn(text: string | undefined): number {
  if (text === undefined) return PROOF_SHARE
  const percent = /^\d{1,3}(?:\.\d{1,4})?(?= ?%?$)/u.exec(text)?.[0]
  if (percent === undefined || Number(percent) > 100)
    throw new SubmitError('bad-options', `"${text}" is not a share of results to prove; use 0 to 100%, such as 3%`, {
      field: 'proofs'
    })
  return Number(percent) / 100
}
