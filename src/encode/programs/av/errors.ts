/** What went wrong, as the program's exit code. */
export const EXIT = { encode: 1, decode: 2, mismatch: 3 } as const

/** A failure, whose message goes to stderr. */
export class AvError extends Error {
  override readonly name = 'AvError'
  readonly exitCode: number

  constructor(kind: keyof typeof EXIT, message: string) {
    super(message)
    this.exitCode = EXIT[kind]
  }
}
