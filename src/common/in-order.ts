/** Runs one task after the other, whatever the outcome of each. */
export type InOrder = <T>(task: () => Promise<T>) => Promise<T>

export function createInOrder(): InOrder {
  let tail: Promise<unknown> = Promise.resolve()
  return async (task) => {
    const run = tail.then(task, task)
    tail = run.catch(() => {})
    return run
  }
}
