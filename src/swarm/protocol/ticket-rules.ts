/** A ticket as the node that made it keeps it. What opens it is nowhere in it. */
export interface Ticket {
  /** Machines that may join with it. */
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
