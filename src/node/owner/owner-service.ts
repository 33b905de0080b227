import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { monotonicMs } from '../../common/clock.ts'
import { parseSpec } from '../project-spec.ts'
import { createInbox } from './inbox.ts'
import { createPreparationLine, type LinedProject } from './preparation-line.ts'
import { OwnedProject } from './owned-project.ts'
import { isQuiet } from './growth.ts'
import { createIntake, type Intake, type WaitingSubmission } from './intake.ts'
import { measuredScenes } from './past-speed.ts'
import { type CheckedSubmit, checkEarly, checkSubmit, type SubmitComponents } from './submit.ts'
import type { SubmitOptions } from './submit-wish.ts'
import { checkNewOutput } from './submit-output.ts'
import {
  answerWithoutProject,
  isTokenMessage,
  noSuchProject,
  type Claimant,
  type OwnerState,
  type SessionMessage,
  type Timing
} from '../../swarm/protocol/index.ts'
import {
  deriveProjectId,
  openClaimOf,
  openLeaseOf,
  type BlobExchange,
  type Gossip,
  type LogBook,
  type Logger,
  type Routing,
  type Session,
  type Signer
} from '../../swarm/index.ts'
import type { OwnedJob } from './job.ts'
import { KeptJobError, keptProject, readKeptProject } from './kept-job.ts'
import { listPresets, withPreset } from './presets.ts'
import { SubmitError } from './submit-error.ts'
import type { Preset } from '../../api/schemas/index.ts'
import type { History } from '../history/index.ts'
import type { AnalysisCache, FoundEncoders } from '../../encode/index.ts'
import type { SpaceWatch } from '../disk/step-when-full.ts'
import type { ProjectProbes } from '../project-probes.ts'
import type { EncodeAgain } from './encode-again.ts'
import type { KnownScenes } from './known-scenes.ts'
import type { BlobStore, DiskGuard, LeaseRepository, StoredProject, OwnStore } from '../../storage/index.ts'
import type { TrustBook } from '../peers/trust-book.ts'

export interface OwnerServiceComponents {
  readonly book: LogBook
  readonly blobs: BlobStore
  readonly exchange: BlobExchange
  readonly gossip: Gossip
  readonly signer: Signer
  readonly log: Logger
  readonly analyses: AnalysisCache
  readonly leases: LeaseRepository
  readonly guard: SpaceWatch & Pick<DiskGuard, 'state'>
  readonly encodeAgain: EncodeAgain
  readonly probes: ProjectProbes
  readonly knownScenes: KnownScenes
  readonly history: Pick<History, 'step' | 'accepted' | 'resumed' | 'forget'>
  readonly own: Pick<OwnStore, 'put' | 'all' | 'delete'>
  readonly trust: TrustBook
  readonly routing: Pick<Routing, 'provide' | 'withdraw'>
  /** Where a peer is, as strangers are counted. */
  readonly rangeOf: (peer: string) => string
  /** Tries to reach a worker whose session ended. @returns false when its machine answered that nothing listens there. */
  readonly redial: (peer: string) => Promise<{ readonly reached: boolean; readonly refused: boolean }>
}

export interface OwnerServiceInit {
  readonly timing: Timing
  /** Folder for unfinished work. */
  readonly workDir: string
  /** Bytes of source pieces at which cutting waits for encoding. */
  readonly pieceQuotaBytes: number
  readonly encoders: () => Promise<FoundEncoders>
  /** Own presets of this node. */
  readonly presets: readonly Preset[]
}

/** The owner role of this node: its own projects and the workers that serve them. */
export interface OwnerService {
  /** Own projects go on; set by `open`. */
  readonly isOpen: boolean
  /** Reads what a restart left; nothing goes on before `open`. Sessions that come meanwhile wait. */
  start: () => Promise<void>
  /** Own projects that have not ended and that this node can go on with. */
  unfinished: () => readonly string[]
  /** The highest epoch in grants of this node that it was shown. */
  highestGrantEpoch: () => number
  /** A grant with this node's key was seen. */
  noteGrant: (epoch: number) => void
  /** Goes on with what is unfinished; new projects begin with this epoch too. */
  open: (epoch: number) => Promise<void>
  /** Stops this node's projects without a word: another node that has this one's key goes on with them. Without an id all of them, and new ones are refused. */
  depose: (projectId?: string) => Promise<void>
  /** Waits until it is open. All or nothing: every one is checked before the first is announced. @throws SubmitError */
  submit: (options: readonly SubmitOptions[]) => Promise<string[]>
  /** All that a submission is checked for, without beginning with it. @throws SubmitError */
  check: (options: SubmitOptions, signal: AbortSignal) => Promise<CheckedSubmit>
  /** Submissions that wait for their source to be complete. */
  readonly waiting: Pick<Intake, 'list' | 'of' | 'onChange'>
  /** @returns false when it has ended already. */
  cancel: (projectId: string) => Promise<boolean>
  /** Cancels it where it still runs and takes it out of everybody's lists; source and finished file stay. */
  remove: (projectId: string) => Promise<void>
  /** @returns false when it has ended already. */
  setPriority: (projectId: string, priority: number) => Promise<boolean>
  /** Tries again what waits, now. @returns false when nothing of it does. */
  retry: (projectId: string) => Promise<boolean>
  /** Another place for the finished file. @returns false when it has ended, or is being written. @throws SubmitError */
  setOutput: (projectId: string, output: string, overwrite: boolean) => Promise<boolean>
  jobOf: (projectId: string) => OwnedJob | undefined
  /** Of a project of this node that goes on here. */
  stateOf: (projectId: string) => OwnerState | undefined
  /** Takes the session of a worker, or of this node's own worker role. */
  accept: (session: Session) => void
  /** Hands nothing out while `on`. */
  hold: (on: boolean) => void
  stop: () => Promise<void>
}

/** A project of this node as its files have it. */
interface StoredJob {
  readonly projectId: string
  readonly job: OwnedJob
  readonly timestampsMs: readonly number[] | undefined
}

const UNREAD =
  'the job file of this project cannot be used, so the project stops; start the version of grav1 that wrote it, or remove the project and submit the film again'

export function createOwnerService(components: OwnerServiceComponents, init: OwnerServiceInit): OwnerService {
  const { book, own, signer, gossip, log, trust } = components
  const projects = new Map<string, OwnedProject>()
  const stored = new Map<string, StoredJob>()
  /** Their jobs are on the disk and cannot be used. */
  const unread = new Set<string>()
  /** Of before a restart. */
  const restored: WaitingSubmission[] = []
  /** Still tell others of their end. */
  const removed = new Set<OwnedProject>()
  const sessions = new Map<string, Session>()
  /** Announced, and a claim may come before this node has begun with it. */
  const beginning = new Map<string, Promise<void>>()
  const stopped = new AbortController()
  const opened = Promise.withResolvers<number>()
  // Nobody may be waiting when the node is stopped.
  opened.promise.catch(() => {})
  let grantEpoch = 0
  let isOpen = false
  /** Of all projects: another node has this one's key. */
  let isDeposed = false

  const line = createPreparationLine(
    {
      projects: lined,
      tell: (projectId, before) => projects.get(projectId)?.setTurn(before)
    },
    { pieceQuotaBytes: init.pieceQuotaBytes }
  )

  const send = (worker: string, message: SessionMessage): void => void sessions.get(worker)?.send(message)

  const intake = createIntake({
    peerId: signer.peerId,
    own,
    log,
    begin: async (submission, signal) => {
      await opened.promise
      const { waitComplete: _, ...options } = submission.options
      const [checked] = await checkEach([options], AbortSignal.any([signal, stopped.signal]), submission.projectId)
      checkMayWrite()
      if (checked != null) await announce(checked, submission.nonce, submission)
    }
  })

  async function begin(projectId: string, epoch: number): Promise<void> {
    const view = book.views.get(projectId)
    const kept = stored.get(projectId)
    if (view == null || kept == null) throw new Error(`own project ${projectId} has no log`)
    book.takeOver(projectId)
    const project = new OwnedProject(
      { ...components, line, send },
      {
        projectId,
        epoch,
        timing: init.timing,
        job: kept.job,
        // Its parameters were checked against the program when it was submitted.
        spec: parseSpec(view.announce),
        timestampsMs: kept.timestampsMs,
        workDir: join(init.workDir, projectId)
      }
    )
    projects.set(projectId, project)
    components.routing.provide(projectId)
    await project.start()
    // After the leases from before the start: what these workers do not show or renew soon, they no longer have.
    for (const worker of sessions.keys()) project.dispatch({ type: 'connected', worker })
  }

  function running(projectId: string): OwnedProject | undefined {
    return book.views.get(projectId)?.end == null ? projects.get(projectId) : undefined
  }

  function* lined(): Generator<LinedProject> {
    for (const { projectId, state } of projects.values()) {
      const view = book.views.get(projectId)
      if (view != null && view.end == null) yield { state, view }
    }
  }

  /** Films are worked on in the order of these times, so that no two of this node have the same, and a clock that was set back moves none to the front. */
  function createdAfterAll(createdAtMs: number): number {
    return [...lined()].reduce((last, { view }) => Math.max(last, view.announce.createdAtMs + 1), createdAtMs)
  }

  /** Two projects that make one file would only find out at the end. @param own the one that asks, where it is known already */
  function checkOutputs(outputs: readonly string[], own?: string): void {
    const running = [...projects.values()].filter(({ projectId }) => book.views.get(projectId)?.end == null)
    const made = running.map(({ projectId, job: { output } }) => ({ projectId, output }))
    const waiting = intake.list().filter(({ submission }) => submission.end === undefined)
    const toBeMade = waiting.map(({ submission: { projectId, options } }) => ({ projectId, output: options.output }))
    const others = [...made, ...toBeMade].filter(({ projectId }) => projectId !== own)
    const taken = new Set(others.map(({ output }) => output))
    for (const output of outputs) {
      if (taken.has(output))
        throw new SubmitError('output-exists', `another project is making ${output} already; choose another --output`, {
          field: 'output'
        })
      taken.add(output)
    }
  }

  function submitComponents(found: FoundEncoders): SubmitComponents {
    return {
      found,
      dataDir: init.workDir,
      measured: (build, params) => measuredScenes(book.views.values(), build, params),
      ownOutputs: () =>
        [...stored.values()].flatMap(({ projectId, job }) => {
          const end = book.views.get(projectId)?.end
          return end?.state === 'completed' ? [{ path: job.output, bytes: end.outputBytes }] : []
        })
    }
  }

  /** A submission and a dry run go through the same checks. */
  async function checkEach(
    options: readonly SubmitOptions[],
    signal: AbortSignal,
    own?: string
  ): Promise<CheckedSubmit[]> {
    const parts = submitComponents(await init.encoders())
    const checked = await Promise.all(options.map(async (one) => checkSubmit(one, parts, signal)))
    checkOutputs(
      checked.map(({ job }) => job.output),
      own
    )
    return checked
  }

  async function mustWait({ waitComplete, input }: SubmitOptions): Promise<boolean> {
    return waitComplete === true && !(await isQuiet(input))
  }

  /** What is asked for, written out: a preset may be another one after a restart. */
  const written = (options: SubmitOptions, { installed }: FoundEncoders): SubmitOptions =>
    withPreset(options, listPresets(init.presets, installed))

  async function submit(asked: readonly SubmitOptions[]): Promise<string[]> {
    await opened.promise
    const found = await init.encoders()
    const options = asked.map((one) => written(one, found))
    const waits = await Promise.all(options.map(mustWait))
    const later = await Promise.all(
      options.filter((_, index) => waits[index]).map(async (one) => checkEarly(one, found, stopped.signal))
    )
    const now = await checkEach(
      options.filter((_, index) => !waits[index]),
      stopped.signal
    )
    checkOutputs([...now.map(({ job }) => job.output), ...later.map(({ options: { output } }) => output)])
    checkMayWrite()
    const ids: string[] = []
    const together = line.gather()
    try {
      for (const checked of now) ids.push(await announce(checked, randomBytes(16).toString('hex')))
    } finally {
      together()
    }
    for (const early of later) ids.push(await intake.take(early.options, early.wish))
    return ids
  }

  /** @param waited what it was before, kept until it is announced: killed on the way, the node still has one of both */
  async function announce(
    { job, announce: announced }: CheckedSubmit,
    nonce: string,
    waited?: WaitingSubmission
  ): Promise<string> {
    const epoch = await opened.promise
    const projectId = deriveProjectId(signer.peerId, nonce)
    await own.put(keptProject(projectId, job, undefined, waited))
    stored.set(projectId, { projectId, job, timestampsMs: undefined })
    const begun = Promise.withResolvers<void>()
    beginning.set(projectId, begun.promise)
    try {
      const createdAtMs = createdAfterAll(announced.createdAtMs)
      const announce = { ...announced, createdAtMs, nonce }
      const envelope = await book.append(projectId, epoch, { type: 'announce', announce })
      await gossip.publish('log', envelope)
      await begin(projectId, epoch)
    } finally {
      beginning.delete(projectId)
      begun.resolve()
    }
    return projectId
  }

  function checkMayWrite(): void {
    if (isDeposed) throw new Error('another node runs with the identity of this one; stop one of them')
  }

  async function remove(projectId: string): Promise<void> {
    const epoch = await opened.promise
    if (await intake.remove(projectId)) return
    checkMayWrite()
    const project = projects.get(projectId)
    const { end, head } = book.views.get(projectId) ?? {}
    if (project != null) removed.add(project)
    if (project != null && end == null) {
      await project.end('removed', 'cancelled')
    } else {
      book.takeOver(projectId)
      const removal = { state: 'removed' as const, reason: '', outputSha256: '', outputBytes: 0, endedAtMs: Date.now() }
      // One that came back from others late may be of a later epoch than this node knew of.
      const latest = Math.max(epoch, head?.epoch ?? 0)
      await gossip.publish('log', await book.append(projectId, latest, { type: 'end', end: removal }))
      project?.tellEnd()
    }
    projects.delete(projectId)
    stored.delete(projectId)
    components.history.forget(projectId)
    await own.delete(projectId)
  }

  function claimantOf(worker: string, projectId: string): Claimant {
    const others = [...projects.values()].filter((project) => project.projectId !== projectId)
    return {
      ...trust.standingOf(worker),
      range: worker === signer.peerId ? '' : components.rangeOf(worker),
      leasesElsewhere: others.reduce((sum, project) => sum + project.leasesOf(worker), 0)
    }
  }

  async function onClaim(session: Session, envelope: Uint8Array): Promise<void> {
    const worker = session.peer
    const claim = await openClaimOf(envelope, { worker, owner: signer.peerId })
    const { projectId, claimId } = claim
    await beginning.get(projectId)
    const project = projects.get(projectId)
    if (project == null) session.send(noSuchProject(claimId))
    else project.claim(worker, claim, envelope, claimantOf(worker, projectId))
  }

  async function onPresent(session: Session, envelope: Uint8Array): Promise<void> {
    const { token, claim } = await openLeaseOf(envelope, { worker: session.peer, owner: signer.peerId })
    const maker = { build: claim.encoderBuild, probe: claim.probe?.frames ?? '' }
    projects.get(token.projectId)?.dispatch({ type: 'restored', token, worker: session.peer, maker })
  }

  async function onMessage(session: Session, message: SessionMessage): Promise<void> {
    const worker = session.peer
    if (message.type === 'claim') return onClaim(session, message.envelope)
    if (message.type === 'present') return onPresent(session, message.envelope)
    if (!isTokenMessage(message)) {
      log.debug({ peer: worker, type: message.type }, 'a message that only owners send')
      return undefined
    }
    const project = projects.get(message.token.projectId)
    if (project == null) {
      const answer = answerWithoutProject(message)
      if (answer != null) session.send(answer)
    } else if (message.type === 'release') return project.release(worker, message)
    else project.dispatch({ ...message, worker })
    return undefined
  }

  function accept(session: Session): void {
    const { peer } = session
    if (isDeposed) {
      session.close()
      return
    }
    sessions.get(peer)?.close()
    sessions.set(peer, session)
    const handle = createInbox({
      handle: async (message) => onMessage(session, message),
      onError: (error) => log.debug({ peer, err: error }, 'refused a message'),
      onFull: () => session.close(),
      ready: opened.promise.then(() => {})
    })
    session.onMessage = (message) => {
      if (message.type === 'present' && !isOpen) void noteShown(message.envelope, peer)
      handle(message)
    }
    session.onClose = () => {
      onClose(session).catch((error: unknown) => log.warn({ peer, err: error }, 'after a lost session'))
    }
    for (const project of projects.values()) project.dispatch({ type: 'connected', worker: peer })
  }

  /** Before this node goes on: which epochs it had may show in the grants that others hold. */
  async function noteShown(envelope: Uint8Array, worker: string): Promise<void> {
    try {
      const { token } = await openLeaseOf(envelope, { worker, owner: signer.peerId })
      grantEpoch = Math.max(grantEpoch, token.epoch)
    } catch (error) {
      log.debug({ peer: worker, err: error }, 'a worker showed a grant that is not valid')
    }
  }

  async function onClose(session: Session): Promise<void> {
    if (sessions.get(session.peer) !== session) return
    sessions.delete(session.peer)
    for (const project of projects.values()) project.dispatch({ type: 'disconnected', worker: session.peer })
    if (stopped.signal.aborted || isDeposed || session.peer === signer.peerId) return
    const since = monotonicMs()
    const { reached, refused } = await components.redial(session.peer)
    if (reached) return
    log.info({ peer: session.peer, refused, ms: Math.round(monotonicMs() - since) }, 'lost a worker')
    for (const project of projects.values()) project.dispatch({ type: 'redial-failed', worker: session.peer, refused })
  }

  function unfinished(): string[] {
    return [...stored.keys()].filter((projectId) => {
      const view = book.views.get(projectId)
      // A job without a log was never announced, or only others have its log.
      return view?.end == null && view?.fork == null
    })
  }

  /** What is of another shape stays on the disk as it is, and is not gone on with. */
  function take(kept: StoredProject): void {
    const { projectId } = kept
    try {
      const { job, waiting, timestampsMs } = readKeptProject(kept)
      if (waiting != null && !book.views.has(projectId)) restored.push(waiting)
      else if (job != null) stored.set(projectId, { projectId, job, timestampsMs })
    } catch (error) {
      if (!(error instanceof KeptJobError)) throw error
      unread.add(projectId)
      log.error({ projectId, code: error.code, problem: error.message }, UNREAD)
    }
  }

  async function open(epoch: number): Promise<void> {
    for (const view of book.views.values())
      if (
        view.owner === signer.peerId &&
        view.end == null &&
        !stored.has(view.projectId) &&
        !unread.has(view.projectId)
      )
        log.error(
          { projectId: view.projectId, title: view.announce.title },
          'the settings of this project are lost with its files here, so it cannot go on. Delete it and submit the film again'
        )
    for (const [projectId] of stored) {
      // Killed before the announcement: as if it had never been submitted. Removed, but killed before its files were.
      const view = book.views.get(projectId)
      if (view != null && view.end?.state !== 'removed') continue
      stored.delete(projectId)
      await own.delete(projectId)
    }
    // The first of them may not be the first in line.
    const together = line.gather()
    for (const projectId of unfinished()) {
      const { scenes, acceptedScenes } = book.views.get(projectId) ?? {}
      log.info({ projectId, scenes: scenes?.length, done: acceptedScenes }, 'going on with a project')
      await begin(projectId, epoch)
    }
    together()
    isOpen = true
    opened.resolve(epoch)
    for (const waited of restored.splice(0)) intake.restore(waited)
  }

  async function depose(projectId?: string): Promise<void> {
    if (projectId == null) {
      isDeposed = true
      await intake.stop()
    }
    const all = [...projects.values(), ...removed]
    const over = all.filter((project) => projectId == null || project.projectId === projectId)
    for (const project of over) {
      projects.delete(project.projectId)
      components.routing.withdraw(project.projectId)
      book.giveUp(project.projectId)
    }
    if (projectId == null) for (const session of sessions.values()) session.close()
    await Promise.all(over.map(async (project) => project.depose()))
  }

  return {
    submit,
    check: async (options, signal) => {
      const [checked] = await checkEach([written(options, await init.encoders())], signal)
      if (checked == null) throw new RangeError('one submission is checked as one')
      return checked
    },
    waiting: intake,
    remove,
    accept,
    open,
    depose,
    unfinished,
    get isOpen() {
      return isOpen
    },
    start: async () => {
      for (const kept of await own.all()) take(kept)
    },
    highestGrantEpoch: () => grantEpoch,
    noteGrant: (epoch) => (grantEpoch = Math.max(grantEpoch, epoch)),
    cancel: async (projectId) => {
      await opened.promise
      if (await intake.cancel(projectId)) return true
      const project = projects.get(projectId)
      if (project == null || book.views.get(projectId)?.end != null) return false
      await project.end('cancelled', 'cancelled')
      return true
    },
    setPriority: async (projectId, priority) => {
      await opened.promise
      if (await intake.setPriority(projectId, priority)) return true
      const project = projects.get(projectId)
      if (project == null || book.views.get(projectId)?.end != null) return false
      await project.setPriority(priority)
      return true
    },
    retry: async (projectId) => {
      await opened.promise
      return intake.retry(projectId) || (running(projectId)?.retry() ?? false)
    },
    setOutput: async (projectId, output, overwrite) => {
      await opened.promise
      const waiting = intake.of(projectId)?.submission
      if (waiting !== undefined && waiting.end === undefined) {
        checkOutputs([output], projectId)
        await checkEarly({ ...waiting.options, output, overwrite }, await init.encoders(), stopped.signal)
        if (await intake.setOutput(projectId, output, overwrite)) return true
      }
      const project = running(projectId)
      if (project == null) return false
      if (project.job.output !== output) checkOutputs([output])
      const losses = await checkNewOutput(project.job, output, overwrite, { signal: stopped.signal })
      return project.setOutput(output, overwrite, losses)
    },
    jobOf: (projectId) => projects.get(projectId)?.job ?? stored.get(projectId)?.job,
    stateOf: (projectId) => projects.get(projectId)?.state,
    hold: (on) => {
      for (const project of projects.values()) project.hold(on)
    },
    stop: async () => {
      const stopping = new Error('stopping')
      stopped.abort(stopping)
      opened.reject(stopping)
      await intake.stop()
      await Promise.all([...projects.values(), ...removed].map(async (project) => project.stop()))
    }
  }
}
