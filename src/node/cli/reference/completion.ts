import type { Command } from 'commander'
import { assertNever } from '../../../common/assert-never.ts'
import { bashCompletion } from './completion-bash.ts'
import { fishCompletion } from './completion-fish.ts'
import { zshCompletion } from './completion-zsh.ts'
import { describeProgram } from './describe.ts'

export const SHELLS = ['bash', 'zsh', 'fish'] as const

export type Shell = (typeof SHELLS)[number]

/** A script that teaches a shell the commands, their options and what their arguments may be. */
export function completionScript(program: Command, shell: Shell): string {
  const reference = describeProgram(program)
  switch (shell) {
    case 'bash':
      return bashCompletion(reference)
    case 'zsh':
      return zshCompletion(reference)
    case 'fish':
      return fishCompletion(reference)
    default:
      return assertNever(shell)
  }
}
