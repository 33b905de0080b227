/** Why a configuration was refused. */
export type ConfigErrorCode =
  | 'invalid-value'
  | 'unknown-key'
  | 'config-unreadable'
  | 'config-syntax'
  | 'swarm-key'
  | 'joined'
  | 'tls'
  | 'no-sandbox'
  | 'hidden-data'

/** A configuration that can't be used; the message is one sentence for the user that names where the value came from. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly code: ConfigErrorCode

  constructor(code: ConfigErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
