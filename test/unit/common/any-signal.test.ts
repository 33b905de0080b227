import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { anySignal } from '../../../src/common/any-signal.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Collected again and again while nobody listens, as in a busy node. */
async function whenAborted(signal: AbortSignal): Promise<void> {
  await expect
    .poll(
      () => {
        collect()
        return signal.aborted
      },
      { timeout: 8_000 }
    )
    .toBe(true)
}

test('a deadline comes though memory was tidied up before, also where it is nested', async () => {
  const { signal } = new AbortController()
  const plain = anySignal([signal, AbortSignal.timeout(200)])
  const nested = anySignal([signal, anySignal([signal, AbortSignal.timeout(200)])])
  await Promise.all([plain, nested].map(whenAborted))
  expect(plain.reason).toMatchObject({ name: 'TimeoutError' })
  expect(nested.reason).toMatchObject({ name: 'TimeoutError' })
})

test('an aborted source counts, before and after', () => {
  const stop = new AbortController()
  const before = anySignal([stop.signal, AbortSignal.timeout(60_000)])
  expect(before.aborted).toBe(false)
  stop.abort('enough')
  expect(before.reason).toBe('enough')
  expect(anySignal([AbortSignal.timeout(60_000), stop.signal]).reason).toBe('enough')
})
