/**
 * Why a command got no answer. `unreachable`: the owner was never asked, so nothing has changed. `no-answer`: it got the command, and may or may not have carried it out.
 * `unsupported`: the owner does not accept commands.
 */
export type CommandErrorCode = 'unreachable' | 'no-answer' | 'unsupported'

/** A command that the owner of the project did not answer. */
export class CommandError extends Error {
  readonly code: CommandErrorCode

  constructor(code: CommandErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'CommandError'
    this.code = code
  }
}
