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
 * Has items done together that wait at the same time: the first goes at once, and those that come while others run go together.
 * @param run gives a value for each item, in order; what it throws meets all of them
 */
export function createBatches<Item, Value>(
  run: (items: readonly Item[]) => Promise<readonly Value[]>,
  { parallel, itemsMax }: BatchesInit
): (item: Item) => Promise<Value> {
  const waiting: Waiting<Item, Value>[] = []
  let running = 0

  async function runNext(): Promise<void> {
    const batch = waiting.splice(0, itemsMax)
    try {
      const values = await run(batch.map(({ item }) => item))
      for (const [index, { resolve }] of batch.entries()) resolve(values[index] as Value)
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }

  async function begin(): Promise<void> {
    running += 1
    while (waiting.length > 0) await runNext()
    running -= 1
  }

  return async (item) => {
    const { promise, resolve, reject } = Promise.withResolvers<Value>()
    waiting.push({ item, resolve, reject })
    if (running < parallel) void begin()
    return promise
  }
}
