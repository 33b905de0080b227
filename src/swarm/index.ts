export { type Bandwidth, type BandwidthLimits, createBandwidth } from './blob/bandwidth.ts'
export {
  BlobError,
  createBlobExchange,
  type BlobExchange,
  type BlobPart,
  type ServedFile
} from './blob/blob-exchange.ts'
export { CommandError, type CommandErrorCode } from './command/command-error.ts'
export {
  createCommandExchange,
  type CommandExchange,
  type CommandHandler,
  type CommandOutcome
} from './command/command-exchange.ts'
export { createDeadPaths } from './dead-paths.ts'
export { createDirectPath } from './direct-path.ts'
export { createDialLoop, type DialLoop } from './dial-loop.ts'
export { followLogs } from './gossip/follow-logs.ts'
export { createGossip, type Gossip, type GossipHandler, type TopicName } from './gossip/gossip.ts'
export { createSwarmNode, type SwarmNode } from './libp2p.ts'
export {
  createLogBook,
  type BeatNews,
  type KeptViews,
  type LogBook,
  type LogBookComponents,
  type LogChange,
  type LogStore,
  type OwnJournal,
  type Twin
} from './log-book.ts'
export { InviteError, type InviteErrorCode } from './invite/invite-error.ts'
export { inviteText, readInvite, swarmNameOf, type Invite } from './invite/invite-text.ts'
export type { AnswerJoin } from './invite/join-door.ts'
export { createJoinRelay, type JoinRelay } from './invite/join-relay.ts'
export { answerTo, askFor, openQuestion, refuse as refuseQuestion, type JoinAnswer } from './invite/join-messages.ts'
export { putQuestion } from './invite/put-question.ts'
export { newSecret, ticketOf } from './invite/ticket.ts'
export { openClaimOf, openLease, openLeaseOf } from './lease-envelopes.ts'
export type { Logger } from './logger.ts'
export { createWaysIn, type WaysIn } from './reach/ways-in.ts'
export { createHolePunch } from './punch/hole-punch.ts'
export { createRelayServer, type RelayServer } from './relay/relay-server.ts'
export { createRateLimit } from './rate-limit.ts'
export { createRouting, type Routing } from './routing.ts'
export { createSessions, type Session, type Sessions } from './session/session.ts'
export { isOnlyLimited } from './open-stream.ts'
export { openRecord, type OpenedRecord } from './log/open-record.ts'
export { createSigner, deriveProjectId, openEnvelope, sha256Hex, type Signer } from './signer.ts'
export { createSync, type Sync } from './sync/sync.ts'
