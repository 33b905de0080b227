import { CommanderError } from 'commander'
import { errorStack } from '../common/error-text.ts'
import { ApiError, CliError, exitReasonOf } from './cli/errors.ts'
import { type ExitReason, exitCodes } from './cli/exit-codes.ts'
import { type CliIo, processIo } from './cli/io.ts'
import { createProgram } from './cli/program.ts'
import type { CommandDefinition } from './cli/definition.ts'
import { ConfigError } from './config/index.ts'

function report(error: unknown, io: CliIo): ExitReason {
  const isKnown = error instanceof CliError || error instanceof ApiError || error instanceof ConfigError
  if (isKnown) io.err(error.message)
  // commander has printed its own.
  else if (!(error instanceof CommanderError)) io.err(`Unexpected error: ${errorStack(error)}`)
  return exitReasonOf(error)
}

/** Commands with parsers of their own: a process that runs for months, or encodes beside the command, loads none of the others. */
const ALONE = new Set(['node', 'submit'])

const commandsBeside = async (command: string | undefined): Promise<readonly CommandDefinition[]> =>
  ALONE.has(command ?? '') ? [] : (await import('./cli/definitions.ts')).definitions

/**
 * The command line. Never throws and leaves ending the process to the caller.
 *
 * @param argv - arguments without program and script
 * @returns the exit code, one of {@link exitCodes}
 */
export async function main(argv: readonly string[], io: CliIo = processIo()): Promise<number> {
  let ending: ExitReason = 'ok'
  const onEnd = (reason: ExitReason): void => {
    ending = reason
  }
  const program = createProgram(io, onEnd, await commandsBeside(argv[0]))
  try {
    await program.parseAsync(argv, { from: 'user' })
  } catch (error) {
    ending = report(error, io)
  }
  return exitCodes[ending]
}
