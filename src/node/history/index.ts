export type { Attempt } from './attempt.ts'
export { hearLeases } from './hear-leases.ts'
export { createHistory, type History } from './history.ts'
export { whyNotDone } from './why.ts'
