import { monotonicMs } from '../../common/clock.ts'
import { createInbox } from './inbox.ts'
import {
  answerWithoutProject,
  heldMs,
  isTokenMessage,
  leasesOf,
  makerOfClaim,
  noSuchProject,
  refusedClaim,
  takenBack,
  type ClaimRefusal,
  type Claimant,
  type SessionMessage,
  type Token
} from '../../swarm/protocol/index.ts'
import { openClaimOf, openLeaseOf, type Logger, type Session, type Signer } from '../../swarm/index.ts'
import type { OwnProjects } from './own-projects.ts'
import type { Tenure } from './tenure.ts'
import type { TrustBook } from '../peers/trust-book.ts'

export interface WorkerSessionsComponents {
  readonly projects: Pick<OwnProjects, 'get' | 'all' | 'begun' | 'dispatch'>
  /** The open ones, by peer id; kept by this room. */
  readonly sessions: Map<string, Session>
  readonly tenure: Tenure
  readonly trust: Pick<TrustBook, 'standingOf'>
  readonly signer: Signer
  readonly log: Logger
  /** Why a peer gets no scenes of a project of this node, whatever it is; undefined if it gets some. */
  readonly claimRefusal: (peer: string, projectId: string) => ClaimRefusal | undefined
  /** Where a peer is, as strangers are counted. */
  readonly rangeOf: (peer: string) => string
  /** Tries to reach a worker whose session ended. */
  readonly redial: (peer: string) => Promise<{ readonly reached: boolean; readonly refused: boolean }>
}

/** Sessions with the workers of this node's projects, its own worker among them. */
export interface WorkerSessions {
  accept: (session: Session) => void
  /** What a peer may do has changed: it is asked to claim again where it may. */
  heed: (peer: string) => void
  /** The highest epoch in grants of this node that it was shown. */
  highestGrantEpoch: () => number
  close: () => void
}

export function createWorkerSessions(components: WorkerSessionsComponents): WorkerSessions {
  const { projects, sessions, tenure, log } = components
  const self = components.signer.peerId
  let grantEpoch = 0

  function claimantOf(worker: string, projectId: string): Claimant {
    const others = projects.all().filter((project) => project.projectId !== projectId)
    return {
      ...components.trust.standingOf(worker),
      range: worker === self ? '' : components.rangeOf(worker),
      leasesElsewhere: others.reduce((sum, project) => sum + leasesOf(project.state, worker), 0),
      workElsewhereMs: others.reduce((sum, project) => sum + heldMs(project.state, worker, monotonicMs()), 0)
    }
  }

  async function onClaim(session: Session, envelope: Uint8Array): Promise<void> {
    const worker = session.peer
    const claim = await openClaimOf(envelope, { worker, owner: self })
    const { projectId, claimId } = claim
    await projects.begun(projectId)
    const project = projects.get(projectId)
    const refusal = components.claimRefusal(worker, projectId)
    if (project == null) session.send(noSuchProject(claimId))
    else if (refusal !== undefined) session.send(refusedClaim(claimId, refusal))
    else project.claim(worker, claim, envelope, claimantOf(worker, projectId))
  }

  /** @returns whether the worker may not deliver the scene: then it is told so, and others get it. */
  async function takeBack(session: Session, token: Token): Promise<boolean> {
    const taken = takenBack(token, components.claimRefusal(session.peer, token.projectId))
    if (taken === undefined) return false
    session.send(taken.revoke)
    await projects.get(token.projectId)?.release(session.peer, taken.release)
    return true
  }

  async function onPresent(session: Session, envelope: Uint8Array): Promise<void> {
    const { token, claim } = await openLeaseOf(envelope, { worker: session.peer, owner: self })
    await projects.begun(token.projectId)
    if (await takeBack(session, token)) return
    const restored = { token, worker: session.peer, maker: makerOfClaim(claim) }
    projects.get(token.projectId)?.dispatch({ type: 'restored', ...restored })
  }

  async function onMessage(session: Session, message: SessionMessage): Promise<void> {
    const worker = session.peer
    if (message.type === 'claim') return onClaim(session, message.envelope)
    if (message.type === 'present') return onPresent(session, message.envelope)
    if (!isTokenMessage(message)) {
      log.debug({ peer: worker, type: message.type }, 'a message that only owners send')
      return undefined
    }
    await projects.begun(message.token.projectId)
    if (message.type !== 'release' && (await takeBack(session, message.token))) return undefined
    const project = projects.get(message.token.projectId)
    if (project == null) {
      const answer = answerWithoutProject(message)
      if (answer != null) session.send(answer)
    } else if (message.type === 'release') return project.release(worker, message)
    else project.dispatch({ ...message, worker })
    return undefined
  }

  /** Before this node goes on: which epochs it had may show in the grants that others hold. */
  async function noteShown(envelope: Uint8Array, worker: string): Promise<void> {
    try {
      const { token } = await openLeaseOf(envelope, { worker, owner: self })
      noteGrant(token.epoch)
    } catch (error) {
      log.debug({ peer: worker, err: error }, 'a worker showed a grant that is not valid')
    }
  }

  async function onClose(session: Session): Promise<void> {
    const { peer } = session
    if (sessions.get(peer) !== session) return
    sessions.delete(peer)
    projects.dispatch({ type: 'disconnected', worker: peer })
    if (tenure.signal.aborted || tenure.isDeposed || peer === self) return
    const since = monotonicMs()
    const { reached, refused } = await components.redial(peer)
    if (reached) return
    log.info({ peer, refused, ms: Math.round(monotonicMs() - since) }, 'lost a worker')
    projects.dispatch({ type: 'redial-failed', worker: peer, refused })
  }

  function accept(session: Session): void {
    const { peer } = session
    if (tenure.isDeposed) {
      session.close()
      return
    }
    sessions.get(peer)?.close()
    sessions.set(peer, session)
    const handle = createInbox({
      handle: async (message) => onMessage(session, message),
      onError: (error) => log.debug({ peer, err: error }, 'refused a message'),
      onFull: () => session.close(),
      ready: tenure.opened.then(() => {})
    })
    session.onMessage = (message) => {
      if (message.type === 'present' && !tenure.isOpen) void noteShown(message.envelope, peer)
      handle(message)
    }
    session.onClose = () => {
      onClose(session).catch((error: unknown) =>
        log.warn({ peer, err: error }, 'could not clean up after a lost session')
      )
    }
    projects.dispatch({ type: 'connected', worker: peer })
  }

  function noteGrant(epoch: number): void {
    grantEpoch = Math.max(grantEpoch, epoch)
  }

  function heed(peer: string): void {
    for (const { projectId } of projects.all())
      if (components.claimRefusal(peer, projectId) === undefined) sessions.get(peer)?.send({ type: 'wake', projectId })
  }

  return {
    accept,
    heed,
    highestGrantEpoch: () => grantEpoch,
    close: () => {
      for (const session of sessions.values()) session.close()
    }
  }
}
