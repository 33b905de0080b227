export { createChronicle, type Chronicle } from './chronicle.ts'
export { watchNode } from './watch.ts'
