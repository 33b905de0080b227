import { ProtocolError } from './errors.ts'

/** A ticket as the node that made it keeps it; its private half is not in it. */
export interface Ticket {
  /** How many machines may join with it. */
  readonly uses: number
  readonly expiresAtMs: number
  /** The user is asked about each machine. */
  readonly ask: boolean
  readonly isRevoked: boolean
  /** Peer ids that it has let in. */
  readonly joined: readonly string[]
  /** Peer ids that the user refused. */
  readonly refused: readonly string[]
}

/** What a ticket gives a peer that holds it. */
export type TicketVerdict = 'welcome' | 'ask' | 'refused' | 'expired' | 'revoked' | 'used'

/**
 * [RULE 80] A ticket lets in as many peers as it has uses, until it expires or is revoked, and with `ask` only those that the user accepts. A peer that it let in may ask
 * again, since the answer may have been lost; that takes no use.
 * @param nowMs wall clock of the node that made it
 */
export function judgeTicket(ticket: Ticket, peer: string, nowMs: number): TicketVerdict {
  if (ticket.isRevoked) return 'revoked'
  if (nowMs >= ticket.expiresAtMs) return 'expired'
  if (ticket.joined.includes(peer)) return 'welcome'
  if (ticket.refused.includes(peer)) return 'refused'
  if (ticket.joined.length >= ticket.uses) return 'used'
  return ticket.ask ? 'ask' : 'welcome'
}

/**
 * [RULE 81] A question counts if its sender signed it, if the ticket's key signed it for this sender, and if it is for this node.
 * @param isProved the verdict on the ticket's signature; that of the sender was checked with its envelope
 * @throws ProtocolError
 */
export function checkQuestion(question: {
  readonly inviter: string
  readonly self: string
  readonly isProved: boolean
}): void {
  if (question.inviter !== question.self) throw new ProtocolError('wrong-signer', 'the question is for another node')
  if (!question.isProved) throw new ProtocolError('bad-signature', 'the proof is not of the ticket')
}

/** [RULE 82] Whether a node passes on a question of an invited machine: it is for a peer that is reachable through this node. */
export const passesOn = ({
  inviter,
  self,
  reserved
}: {
  readonly inviter: string
  readonly self: string
  readonly reserved: readonly string[]
}): boolean => inviter !== self && reserved.includes(inviter)
