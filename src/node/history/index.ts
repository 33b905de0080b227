export type { Attempt } from './attempt.ts'
export { createHistory, type History } from './history.ts'
export { whyNotDone } from './why.ts'
