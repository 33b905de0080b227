import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { monotonicMs } from '../clock.ts'
import { parseSpec } from '../project-spec.ts'
import { OwnedProject, type OwnedProjectComponents } from './owned-project.ts'
import { checkSubmit, type SubmitOptions } from './submit.ts'
import { assertNever, decodeClaim, type SessionMessage, type Timing } from '../../swarm/protocol/index.ts'
import { deriveProjectId, openEnvelope, type Session } from '../../swarm/index.ts'
import { SubmitError, type OwnedJob } from './job.ts'
import type { InstalledEncoder } from '../../encode/run/index.ts'

export interface OwnerServiceComponents extends Omit<OwnedProjectComponents, 'send'> {
  /** Tries to reach a worker whose session ended. @returns false when its machine answered that nothing listens there. */
  readonly redial: (peer: string) => Promise<{ readonly reached: boolean; readonly refused: boolean }>
}

export interface OwnerServiceInit {
  readonly epoch: number
  readonly timing: Timing
  /** Folder for unfinished work. */
  readonly workDir: string
  readonly encoders: () => Promise<readonly InstalledEncoder[]>
}

/** The owner role of this node: its own projects and the workers that serve them. */
export interface OwnerService {
  /** Goes on with projects that a restart left unfinished. */
  start: () => Promise<void>
  /** All or nothing: every one is checked before the first is announced. @throws SubmitError */
  submit: (options: readonly SubmitOptions[]) => Promise<string[]>
  /** @returns false when it has ended already. */
  cancel: (projectId: string) => Promise<boolean>
  /** Cancels it where it still runs and takes it out of everybody's lists; source and finished file stay. */
  remove: (projectId: string) => Promise<void>
  /** @returns false when it has ended already. */
  setPriority: (projectId: string, priority: number) => Promise<boolean>
  jobOf: (projectId: string) => OwnedJob | undefined
  /** Takes the session of a worker, or of this node's own worker role. */
  accept: (session: Session) => void
  stop: () => Promise<void>
}

export function createOwnerService(components: OwnerServiceComponents, init: OwnerServiceInit): OwnerService {
  const { book, owned, signer, gossip, log } = components
  const projects = new Map<string, OwnedProject>()
  const jobs = new Map<string, OwnedJob>()
  const sessions = new Map<string, Session>()
  const stopped = new AbortController()

  const send = (worker: string, message: SessionMessage): void => sessions.get(worker)?.send(message)

  async function open(projectId: string, job: OwnedJob, timestampsMs: readonly number[] | undefined): Promise<void> {
    const view = book.views.get(projectId)
    if (view == null) throw new Error(`own project ${projectId} has no log`)
    const project = new OwnedProject(
      { ...components, send },
      {
        projectId,
        epoch: init.epoch,
        timing: init.timing,
        job,
        spec: parseSpec(view.announce),
        timestampsMs,
        workDir: join(init.workDir, projectId)
      }
    )
    projects.set(projectId, project)
    for (const worker of sessions.keys()) project.dispatch({ type: 'connected', worker })
    await project.start()
  }

  /** Two projects that make one file would only find out at the end. */
  function checkOutputs(outputs: readonly string[]): void {
    const running = [...projects.values()].filter((project) => book.views.get(project.projectId)?.end == null)
    const taken = new Set(running.map((project) => project.job.output))
    for (const output of outputs) {
      if (taken.has(output))
        throw new SubmitError('output-exists', `another project is making ${output} already; choose another --output`)
      taken.add(output)
    }
  }

  async function submit(options: readonly SubmitOptions[]): Promise<string[]> {
    const installed = await init.encoders()
    const checked = await Promise.all(options.map(async (one) => checkSubmit(one, installed, stopped.signal)))
    checkOutputs(checked.map(({ job }) => job.output))
    const ids: string[] = []
    for (const { job, announce } of checked) {
      const nonce = randomBytes(16).toString('hex')
      const projectId = deriveProjectId(signer.peerId, nonce)
      await owned.put({ projectId, job, timestampsMs: undefined })
      jobs.set(projectId, job)
      const envelope = await book.append(projectId, init.epoch, { type: 'announce', announce: { ...announce, nonce } })
      await gossip.publish('log', envelope)
      await open(projectId, job, undefined)
      ids.push(projectId)
    }
    return ids
  }

  async function remove(projectId: string): Promise<void> {
    const project = projects.get(projectId)
    if (project != null && book.views.get(projectId)?.end == null) {
      await project.end('removed', 'cancelled')
    } else {
      const end = { state: 'removed' as const, reason: '', outputSha256: '', outputBytes: 0, endedAtMs: Date.now() }
      await gossip.publish('log', await book.append(projectId, init.epoch, { type: 'end', end }))
      const { blobs, isOwnBlob } = components
      for (const { accepted } of book.views.get(projectId)?.scenes ?? []) {
        if (accepted != null && !isOwnBlob(accepted.result.sha256)) await blobs.delete(accepted.result.sha256)
      }
    }
    projects.delete(projectId)
    jobs.delete(projectId)
    await owned.delete(projectId)
  }

  async function onClaim(session: Session, envelope: Uint8Array): Promise<void> {
    const opened = await openEnvelope('claim', envelope)
    const claim = decodeClaim(opened.payload)
    // [RULE 30] A claim is signed by the peer that sends it, for this owner, and names the project's encoder build.
    if (opened.signer !== session.peer || claim.owner !== signer.peerId)
      throw new Error('a claim of another peer or for another owner')
    const project = projects.get(claim.projectId)
    const build = book.views.get(claim.projectId)?.announce.encoderBuild
    if (project == null || claim.encoderBuild !== build) {
      session.send({
        type: 'no-work',
        claimId: claim.claimId,
        reason: project == null ? 'no such project' : `the project needs ${build ?? ''}`
      })
      return
    }
    project.claim(session.peer, claim.claimId, claim.prefetch, envelope)
  }

  function onMessage(session: Session, message: SessionMessage): void {
    const worker = session.peer
    switch (message.type) {
      case 'claim':
        onClaim(session, message.envelope).catch((error: unknown) =>
          log.debug({ peer: worker, err: error }, 'claim not taken')
        )
        return
      case 'renew':
      case 'release': {
        const project = projects.get(message.token.projectId)
        if (project != null) project.dispatch({ ...message, worker })
        else if (message.type === 'renew')
          session.send({ type: 'revoke', token: message.token, reason: 'no such project' })
        return
      }
      case 'result': {
        const project = projects.get(message.token.projectId)
        if (project != null) project.dispatch({ ...message, worker })
        else session.send({ type: 'settled', token: message.token, accepted: false, reason: 'no such project' })
        return
      }
      case 'present':
      case 'grant':
      case 'no-work':
      case 'wake':
      case 'revoke':
      case 'settled':
        log.debug({ peer: worker, type: message.type }, 'a message that only owners send')
        return
      default:
        assertNever(message)
    }
  }

  async function onClose(session: Session): Promise<void> {
    if (sessions.get(session.peer) !== session) return
    sessions.delete(session.peer)
    for (const project of projects.values()) project.dispatch({ type: 'disconnected', worker: session.peer })
    if (stopped.signal.aborted || session.peer === signer.peerId) return
    const since = monotonicMs()
    const { reached, refused } = await components.redial(session.peer)
    if (reached) return
    log.info({ peer: session.peer, refused, ms: Math.round(monotonicMs() - since) }, 'lost a worker')
    for (const project of projects.values()) project.dispatch({ type: 'redial-failed', worker: session.peer, refused })
  }

  return {
    submit,
    remove,
    start: async () => {
      for (const { projectId, job, timestampsMs } of await owned.all()) {
        const view = book.views.get(projectId)
        if (view == null) {
          // Killed before the announcement: as if it had never been submitted.
          await owned.delete(projectId)
          continue
        }
        jobs.set(projectId, job as OwnedJob)
        if (view.end != null) continue
        log.info({ projectId, scenes: view.scenes.length, done: view.acceptedScenes }, 'going on with a project')
        await open(projectId, job as OwnedJob, timestampsMs)
      }
    },
    cancel: async (projectId) => {
      const project = projects.get(projectId)
      if (project == null || book.views.get(projectId)?.end != null) return false
      await project.end('cancelled', 'cancelled')
      return true
    },
    setPriority: async (projectId, priority) => {
      const project = projects.get(projectId)
      if (project == null || book.views.get(projectId)?.end != null) return false
      await project.setPriority(priority)
      return true
    },
    jobOf: (projectId) => jobs.get(projectId),
    accept: (session) => {
      sessions.get(session.peer)?.close()
      sessions.set(session.peer, session)
      session.onMessage = (message) => onMessage(session, message)
      session.onClose = () => {
        onClose(session).catch((error: unknown) => log.warn({ peer: session.peer, err: error }, 'after a lost session'))
      }
      for (const project of projects.values()) project.dispatch({ type: 'connected', worker: session.peer })
    },
    stop: async () => {
      stopped.abort(new Error('stopping'))
      await Promise.all([...projects.values()].map(async (project) => project.stop()))
    }
  }
}
