import { anySignal } from './any-signal.ts'

type Task<Value> = (signal: AbortSignal) => Promise<Value>

/**
 * Runs tasks beside each other as if they ran one after the other: where one fails, those behind it are aborted and those before it go on.
 * @returns their values, once all have ended
 * @throws what the first of those that failed threw
 */
export async function together<Values extends readonly unknown[]>(
  tasks: { readonly [Index in keyof Values]: Task<Values[Index]> },
  { signal }: { readonly signal: AbortSignal }
): Promise<Values> {
  const stoppable = tasks.map((task: Task<unknown>) => ({ task, stop: new AbortController() }))
  const ends = await Promise.allSettled(
    stoppable.map(async ({ task, stop }, index) => {
      try {
        return await task(anySignal([signal, stop.signal]))
      } catch (error) {
        for (const behind of stoppable.slice(index + 1)) behind.stop.abort(error)
        throw error
      }
    })
  )
  for (const end of ends) if (end.status === 'rejected') throw end.reason
  return ends.map((end) => (end as PromiseFulfilledResult<unknown>).value) as unknown as Values
}
