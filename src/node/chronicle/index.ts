export { createChronicle, type Chronicle } from './chronicle.ts'
export { watchMachine } from './watch-machine.ts'
export { watchNode } from './watch.ts'
