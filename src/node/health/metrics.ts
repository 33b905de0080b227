import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Registry } from 'prom-client'
import type { FiguresComponents } from './figures.ts'

export type MetricsComponents = Omit<FiguresComponents, 'lagSeconds'>

export interface Metrics {
  /** Prometheus' text format. */
  text: () => Promise<string>
  stop: () => void
}

/** Looked at so often: twenty times a second costs nothing to speak of. */
const LAG_STEP_MS = 50

/** Figures of this node. What makes them takes 9 MB and is loaded when they are asked for the first time; the lag counts from the start. */
export function createMetrics(components: MetricsComponents): Metrics {
  const lag = monitorEventLoopDelay({ resolution: LAG_STEP_MS })
  lag.enable()
  const lagSeconds = (): number => {
    // NaN before the first measurement.
    const seconds = Math.max(0, (lag.max || 0) / 1e9 - LAG_STEP_MS / 1000)
    lag.reset()
    return seconds
  }
  let made: Promise<Registry> | undefined
  const make = async (): Promise<Registry> => {
    const { createFigures } = await import('./figures.ts')
    return createFigures({ ...components, lagSeconds })
  }
  return {
    text: async () => (await (made ??= make())).metrics(),
    stop: () => lag.disable()
  }
}
