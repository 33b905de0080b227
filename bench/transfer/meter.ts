/** What a task of this process took. */
export interface Used {
  readonly seconds: number
  readonly cpuSeconds: number
  /** The most by which resident memory grew meanwhile. */
  readonly grownBytes: number
}

const LOOK_MS = 200

/** Runs a task and looks at the memory of this process meanwhile. */
export async function metered<Value>(
  task: () => Promise<Value>
): Promise<{ readonly used: Used; readonly value: Value }> {
  globalThis.gc?.()
  const before = process.memoryUsage.rss()
  const cpu = process.cpuUsage()
  const began = performance.now()
  let most = before
  const look = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), LOOK_MS)
  try {
    const value = await task()
    const { user, system } = process.cpuUsage(cpu)
    const seconds = (performance.now() - began) / 1000
    return { value, used: { seconds, cpuSeconds: (user + system) / 1e6, grownBytes: most - before } }
  } finally {
    clearInterval(look)
  }
}
