export { createMetrics, type Metrics, type MetricsComponents } from './metrics.ts'
export { createWorkMeter, type WorkMeter, type WorkTotals } from './work-meter.ts'
