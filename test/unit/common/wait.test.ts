import { expect, test, vi } from 'vitest'
import { waitFor } from '../../../src/common/wait.ts'

test('what calls back first decides, and the waiting is ended once', async () => {
  const end = vi.fn<() => void>()
  const value = await waitFor<number>((done, fail) => {
    done(1)
    done(2)
    fail(new Error('too late'))
    return end
  })
  expect(value).toBe(1)
  expect(end).toHaveBeenCalledTimes(1)
})

test('an error that is called back is thrown', async () => {
  const end = vi.fn<() => void>()
  const waiting = waitFor<void>((_, fail) => {
    queueMicrotask(() => fail(new Error('closed')))
    return end
  })
  await expect(waiting).rejects.toThrow('closed')
  expect(end).toHaveBeenCalledTimes(1)
})

test("an abort throws the signal's reason and ends the waiting", async () => {
  const controller = new AbortController()
  const reason = new Error('stopping')
  const end = vi.fn<() => void>()
  const waiting = waitFor<void>(() => end, controller.signal)
  expect(end).not.toHaveBeenCalled()
  controller.abort(reason)
  await expect(waiting).rejects.toBe(reason)
  expect(end).toHaveBeenCalledTimes(1)
})

test('nothing is begun after an abort', async () => {
  const reason = new Error('stopped before')
  const begin = vi.fn<() => () => void>()
  await expect(waitFor<void>(begin, AbortSignal.abort(reason))).rejects.toBe(reason)
  expect(begin).not.toHaveBeenCalled()
})
