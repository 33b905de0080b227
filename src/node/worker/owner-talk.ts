import { createOwnerLinks } from './owner-links.ts'
import { clipText, LIMITS, workerEventOf } from '../../swarm/protocol/index.ts'
import type { Claims } from './claims.ts'
import type { Job, LeaseClaim, SessionMessage, WorkerEffect } from '../../swarm/protocol/index.ts'
import type { Logger, Session, Sessions } from '../../swarm/index.ts'
import type { WorkerCore } from './worker-core.ts'

export interface OwnerTalkComponents {
  readonly core: WorkerCore
  readonly claims: Claims
  readonly sessions: Sessions
  readonly log: Logger
  /** Looks for an owner that could not be reached. */
  readonly seek: (owner: string) => void
}

/** What this worker and the owners say to each other. */
export interface OwnerTalk {
  /** The owners to hold a session with; others are closed. */
  readonly want: (owners: ReadonlySet<string>) => void
  /** The last attempt to open a session failed, and none is open. */
  readonly isAway: (owner: string) => boolean
  /** The owner was just seen: try now rather than later. */
  readonly nudge: (owner: string) => void
  /** @returns whether there is an open session that took it. */
  readonly send: (owner: string, message: SessionMessage) => boolean
  readonly claim: (claimNo: number, claim: Omit<LeaseClaim, 'claimId'>) => Promise<void>
  /** Shows the owner its grant. */
  readonly present: (job: Job) => void
  readonly release: (effect: Extract<WorkerEffect, { type: 'release' }>) => void
  readonly stop: () => void
}

export function createOwnerTalk({ core, claims, sessions, log, seek }: OwnerTalkComponents): OwnerTalk {
  const { dispatch, refreshSoon } = core

  const links = createOwnerLinks(
    { sessions, log },
    {
      onOpen: (session) => {
        onSession(session)
        refreshSoon()
      },
      onClose: (owner) => {
        dispatch({ type: 'session-closed', owner })
        refreshSoon()
      },
      onUnreachable: (owner) => {
        seek(owner)
        refreshSoon()
      }
    }
  )

  function onSession(session: Session): void {
    const owner = session.peer
    session.onMessage = (message) => onMessage(owner, message)
    dispatch({ type: 'session-opened', owner })
  }

  function onMessage(owner: string, message: SessionMessage): void {
    if (message.type === 'grant') {
      core.inBackground(onGrant(owner, message.envelope))
      return
    }
    const event = workerEventOf(owner, message, claims.refused)
    const before = core.state.ownerSays
    if (event != null) dispatch(event)
    else log.debug({ peer: owner, type: message.type }, 'a message that means nothing to this worker')
    if (message.type === 'no-work' && core.state.ownerSays !== before) refreshSoon()
  }

  async function onGrant(owner: string, envelope: Uint8Array): Promise<void> {
    const event = await claims.granted(owner, envelope)
    if (event != null) dispatch(event)
  }

  function send(owner: string, message: SessionMessage): boolean {
    return links.get(owner)?.send(message) ?? false
  }

  return {
    want: links.want,
    isAway: links.isAway,
    nudge: links.nudge,
    send,
    claim: async (claimNo, claim) => {
      send(claim.owner, { type: 'claim', envelope: await claims.sign(claimNo, claim) })
    },
    present: ({ owner, key }) => {
      const grant = claims.grantOf(key)
      if (grant != null) send(owner, { type: 'present', envelope: grant.envelope })
    },
    release: ({ job: { owner, token }, kind, reason }) => {
      send(owner, { type: 'release', token, kind, reason: clipText(reason, LIMITS.reasonCharsMax) })
    },
    stop: links.stop
  }
}
