/** A port of a router that leads to this node. */
export interface Forwarded {
  /** Public address of the router, as it says. */
  readonly ip: string
  readonly port: number
  /** How long the router keeps it. */
  readonly leaseMs: number
}

/** A language that routers speak. */
export interface RouterTalk {
  readonly name: 'NAT-PMP' | 'UPnP'
  /** Asks the router to lead a port of its own to one of this machine, or to keep doing so. @throws Error where there is no such router, or it refuses */
  readonly forward: (port: number, signal: AbortSignal) => Promise<Forwarded>
  /** Takes it back. @throws Error where the router does not answer */
  readonly release: (forwarded: Forwarded, port: number, signal: AbortSignal) => Promise<void>
}

/** What routers are asked for; forgotten by them an hour after this node has gone without a word. */
export const LEASE_SECONDS = 3600
