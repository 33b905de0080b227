export { BlobError, createBlobExchange, type BlobExchange } from './blob/blob-exchange.ts'
export { CommandError, type CommandErrorCode } from './command/command-error.ts'
export {
  createCommandExchange,
  type CommandExchange,
  type CommandHandler,
  type CommandOutcome,
  type CommandRequest
} from './command/command-exchange.ts'
export { createDialLoop, type DialLoop } from './dial-loop.ts'
export { createGossip, type Gossip, type GossipHandler } from './gossip/gossip.ts'
export { createSwarmNode, type SwarmNode } from './libp2p.ts'
export { createLogBook, type LogBook } from './log-book.ts'
export type { Logger } from './logger.ts'
export { createSessions, type Session, type Sessions } from './session/session.ts'
export { createSigner, deriveProjectId, openEnvelope, type Signer } from './signer.ts'
export { createSync, type Sync } from './sync/sync.ts'
