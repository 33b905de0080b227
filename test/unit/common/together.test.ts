import { expect, test } from 'vitest'
import { together } from '../../../src/common/together.ts'
import { waitFor } from '../../../src/common/wait.ts'

const { signal } = new AbortController()

/** Ends when it is aborted, and says so. */
const endless = (said: string[], name: string) => async (aborted: AbortSignal) =>
  waitFor<string>(() => () => void said.push(name), aborted)

test('gives the values in the order of the tasks, which all run at once', async () => {
  const first = Promise.withResolvers<string>()
  const second = async (): Promise<number> => {
    first.resolve('first')
    return 2
  }
  expect(await together<[string, number]>([async () => first.promise, second], { signal })).toEqual(['first', 2])
})

test('a failure aborts those behind it, waits for their ends, and lets those before it go on', async () => {
  const said: string[] = []
  const before = Promise.withResolvers<string>()
  const fails = async (): Promise<string> => {
    setImmediate(() => before.resolve('done'))
    throw new Error('second')
  }
  const all = together([async () => before.promise, fails, endless(said, 'third')], { signal })
  await expect(all).rejects.toThrow('second')
  expect(said).toEqual(['third'])
})

test('of several failures that of the first task counts, also where it comes last', async () => {
  const late = Promise.withResolvers<string>()
  const early = async (): Promise<string> => {
    setImmediate(() => late.reject(new Error('first')))
    throw new Error('second')
  }
  await expect(together([async () => late.promise, early], { signal })).rejects.toThrow('first')
})

test('an aborted signal ends all of them with its reason', async () => {
  const said: string[] = []
  const stop = new AbortController()
  const all = together([endless(said, 'first'), endless(said, 'second')], { signal: stop.signal })
  stop.abort(new Error('stopped'))
  await expect(all).rejects.toThrow('stopped')
  expect(said).toEqual(['first', 'second'])
})
