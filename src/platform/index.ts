export { askProgram } from './ask-program.ts'
export { openInBrowser } from './browser.ts'
export { syncFile, syncFolder } from './flush.ts'
export { defaultGateway } from './gateway.ts'
export { installLine } from './install-line.ts'
export { groupOptions, killProgram, killTree } from './kill.ts'
export { withoutOwnFiles } from './left-open-files.ts'
export { keepLeftoversAway, killMarked, type Mark, nextMark } from './leftovers.ts'
export { linkedLibraries } from './linked-libraries.ts'
export { makeFolder } from './make-folder.ts'
export { giveWayForMemory, memoryBytes } from './memory.ts'
export { isOddName } from './names.ts'
export { hiddenStem, leftFiles, ownFile } from './own-file.ts'
export { dropFile, linkAs, moveOver } from './patience.ts'
export { IDLE_NICE, lowerPriority, PROGRAM_NICE } from './priority.ts'
export { findProgram, isProgram, programEnvironment } from './programs.ts'
export {
  chooseSandbox,
  FILTER_DESCRIPTOR,
  type FoundSandbox,
  hiddenFromSandbox,
  programFiles,
  type SandboxMode,
  usedSandbox
} from './sandbox/index.ts'
export { canStandStill, goOn, type ProcessLine, processTree, standStill, TICK_MS } from './stand-still.ts'
export { type ProgramLimits, startWords } from './start-words.ts'
export { npmNames, type StopSignal, type System, thisSystem } from './system.ts'
