export interface BatchesInit {
  /** Batches that run at once. */
  readonly parallel: number
  /** Items of one batch. */
  readonly itemsMax: number
}

interface Waiting<Item, Value> {
  readonly item: Item
  readonly resolve: (value: Value) => void
  readonly reject: (error: unknown) => void
}

/**
 * Has items done together that wait at the same time. The first ones go at once, as many as may run side by side. Later a batch takes all that comes in the same turn of the
 * event loop, and goes beside another only when it is full; whatever waits goes when none runs.
 * @param run gives a value for each item, in order; what it throws meets all of them
 */
export function createBatches<Item, Value>(
  run: (items: readonly Item[]) => Promise<readonly Value[]>,
  { parallel, itemsMax }: BatchesInit
): (item: Item) => Promise<Value> {
  const waiting: Waiting<Item, Value>[] = []
  let asked = 0
  let running = 0
  let isLooking = false

  async function runNext(): Promise<void> {
    running += 1
    const batch = waiting.splice(0, itemsMax)
    try {
      const values = await run(batch.map(({ item }) => item))
      for (const [index, { resolve }] of batch.entries()) resolve(values[index] as Value)
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
    running -= 1
    lookSoon()
  }

  function look(): void {
    const mayRunBeside = (): boolean => running < parallel && (asked <= parallel || waiting.length >= itemsMax)
    while (waiting.length > 0 && (running === 0 || mayRunBeside())) void runNext()
  }

  /** Once all that comes in this turn is there. */
  function lookSoon(): void {
    if (isLooking) return
    isLooking = true
    setImmediate(() => {
      isLooking = false
      look()
    })
  }

  return async (item) => {
    const { promise, resolve, reject } = Promise.withResolvers<Value>()
    waiting.push({ item, resolve, reject })
    asked += 1
    if (asked <= parallel) look()
    else lookSoon()
    return promise
  }
}
