/** What has to be taken down, in the reverse order of its making. */
export interface Shutdown {
  add: (step: () => Promise<void>) => void
  /** Runs every step once, whatever the others do; later calls wait for the first. */
  run: () => Promise<void>
  /** Resolves when the steps begin. */
  readonly begun: Promise<void>
}

export function createShutdown(): Shutdown {
  const steps: (() => Promise<void>)[] = []
  const begun = Promise.withResolvers<void>()
  let running: Promise<void> | undefined

  async function takeDown(): Promise<void> {
    begun.resolve()
    const errors: unknown[] = []
    for (const step of steps.toReversed()) {
      try {
        await step()
      } catch (error) {
        errors.push(error)
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, 'the node did not stop cleanly')
  }

  return {
    begun: begun.promise,
    add: (step) => steps.push(step),
    run: async () => (running ??= takeDown())
  }
}
