/** What the swarm needs of a logger; pino's fits. Text that came from a peer is never logged above `debug`. */
export interface Logger {
  debug: (fields: object, message: string) => void
  info: (fields: object, message: string) => void
  warn: (fields: object, message: string) => void
  error: (fields: object, message: string) => void
}
