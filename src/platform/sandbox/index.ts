import { findSandbox } from './find-sandbox.ts'
import type { FoundSandbox, SandboxMode } from './types.ts'

export { hiddenFromSandbox } from './hidden-path.ts'
export { type ProgramFiles, programFiles } from './program-files.ts'
export { type Box, type Boxed, FILTER_DESCRIPTOR, type FoundSandbox, type SandboxMode } from './types.ts'

let mode: SandboxMode = 'auto'
let found: FoundSandbox | undefined

/** Says how programs of this process are boxed from now on. Unsaid, they are boxed where it works. */
export function chooseSandbox(wanted: SandboxMode): FoundSandbox {
  if (wanted !== mode) found = undefined
  mode = wanted
  return usedSandbox()
}

/** The sandbox of this process, found at the first question. */
export function usedSandbox(): FoundSandbox {
  found ??= findSandbox(mode)
  return found
}
