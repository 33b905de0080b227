import { expect, test, vi } from 'vitest'
import { createProofHelpers } from '../../../../src/node/owner/proof-help.ts'

test('the owner proves alone for a while, then asks for help, until the proof is over', async () => {
  vi.useFakeTimers()
  try {
    const dispatch = vi.fn()
    const helpers = createProofHelpers({ dispatch }, { aloneMs: 1000 })
    const { confirmed, stop } = helpers.of(3).ask()
    const short = helpers.of(4).ask()
    short.stop()
    vi.advanceTimersByTime(999)
    expect(dispatch).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(dispatch.mock.calls).toEqual([[{ type: 'proof-wanted', scene: 3 }]])
    // Nobody waits for this one any more.
    helpers.confirm(4, 'late')
    helpers.confirm(3, 'friend')
    expect(await confirmed).toBe('friend')
    stop()
  } finally {
    vi.useRealTimers()
  }
})
