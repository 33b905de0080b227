import { assertNever } from '../../common/assert-never.ts'
import { ProtocolError } from './errors.ts'
import { LIMITS } from './limits.ts'
import type { Accept, Announce, Beat, End, LogRecord, ScenePlan, Withdraw } from './types.ts'

export interface SceneView {
  readonly plan: ScenePlan
  readonly accepted: Accept | undefined
}

/** What is told of all scenes of a project together. */
export interface SceneFacts {
  readonly scenes: number
  /** Accepted scenes of each worker, by peer id. */
  readonly doneBy: readonly (readonly [worker: string, scenes: number])[]
  /** Accepted scenes of each build; `''` for receipts that name none. */
  readonly madeBy: readonly (readonly [build: string, scenes: number])[]
  /** Scenes that were encoded once more, to the same bytes. */
  readonly proved: number
}

/** What became of the receipts of a worker that was caught. */
export interface Withdrawn extends Withdraw {
  /** Scenes that had to be encoded again. */
  readonly scenes: readonly number[]
}

/** Two records of one owner with one number: nobody can say which of them is true. */
export interface Fork {
  readonly seq: number
  /** Hashes of the two envelopes, the smaller first. */
  readonly hashes: readonly [string, string]
}

/** What a node knows of a project from its log; folding the same log gives the same view on every node. */
export interface ProjectView {
  readonly projectId: string
  /** Peer id of the owner, the only one who may write the log. */
  readonly owner: string
  readonly announce: Announce
  readonly priority: number
  /** Those of a packed view are unpacked with each look, unless somebody holds them. */
  readonly scenes: readonly SceneView[]
  /** Only of a packed view, which tells so much without a look at its scenes. */
  readonly facts?: SceneFacts | undefined
  /** Set once no more scenes will follow. */
  readonly planned: { readonly scenes: number; readonly frames: number } | undefined
  readonly acceptedScenes: number
  readonly acceptedFrames: number
  readonly acceptedBytes: number
  readonly withdrawn: readonly Withdrawn[]
  readonly end: End | undefined
  /** The owner wrote two histories: this project has stopped for good. */
  readonly fork: Fork | undefined
  /** Last record: the next one has seq + 1 and names this hash. */
  readonly head: { readonly epoch: number; readonly seq: number; readonly hash: string }
}

/** A decoded record with what the shell found out about its envelope. */
export interface SignedRecord {
  readonly record: LogRecord
  /** Peer id of the key that signed it; the signature is valid. */
  readonly signer: string
  /** sha-256 (hex) of the envelope. */
  readonly hash: string
  /** The project id derived from signer and nonce; only for announcements. */
  readonly derivedProjectId: string | undefined
}

/**
 * Adds the next record of a project's log to its view.
 * @throws ProtocolError `stale` for a record that is already in, `gap` when records before it are missing, `fork` when it does not follow the head, `wrong-signer`, `ended`, `invalid`.
 */
export function foldRecord(view: ProjectView | undefined, signed: SignedRecord): ProjectView {
  const { record, signer, hash } = signed
  if (record.body.type === 'announce') return foldAnnounce(view, signed, record.body.announce)
  if (view == null) throw new ProtocolError('gap', 'the announcement is missing')
  // [RULE 12] One writer: only the key that announced a project extends its log.
  if (signer !== view.owner) throw new ProtocolError('wrong-signer', 'not signed by the owner')
  if (record.seq <= view.head.seq) throw new ProtocolError('stale', `record ${record.seq} is already known`)
  if (isRemoval(record)) return foldRemoval(view, signed, record.body.end)
  if (view.fork != null) throw new ProtocolError('frozen', 'its owner wrote two histories')
  if (record.seq > view.head.seq + 1)
    throw new ProtocolError('gap', `records ${view.head.seq + 1} to ${record.seq - 1} are missing`)
  // [RULE 13] Each record names the hash of the one before it, and epochs never fall.
  if (record.prev !== view.head.hash) throw new ProtocolError('fork', 'does not follow the last record')
  if (record.epoch < view.head.epoch)
    throw new ProtocolError('fork', 'is of an earlier epoch than the record before it')
  // [RULE 14] Only the project's removal may follow its end.
  if (view.end != null) throw new ProtocolError('ended', 'the project has ended')
  return { ...foldBody(view, record), head: { epoch: record.epoch, seq: record.seq, hash } }
}

type Removal = LogRecord & { readonly body: { readonly type: 'end'; readonly end: End } }

function isRemoval(record: LogRecord): record is Removal {
  return record.body.type === 'end' && record.body.end.state === 'removed'
}

/** [RULE 17] A removal counts even after a gap: all that remains of the project is its announcement and the removal. */
function foldRemoval(view: ProjectView, { record, hash }: SignedRecord, end: End): ProjectView {
  if (view.end?.state === 'removed') throw new ProtocolError('ended', 'the project was removed')
  const head = { epoch: record.epoch, seq: record.seq, hash }
  return { ...emptyView(view.projectId, view.owner, view.announce, head), end }
}

function emptyView(projectId: string, owner: string, announce: Announce, head: ProjectView['head']): ProjectView {
  return {
    projectId,
    owner,
    announce,
    priority: announce.priority,
    scenes: [],
    planned: undefined,
    acceptedScenes: 0,
    acceptedFrames: 0,
    acceptedBytes: 0,
    withdrawn: [],
    end: undefined,
    fork: undefined,
    head
  }
}

function foldAnnounce(view: ProjectView | undefined, signed: SignedRecord, announce: Announce): ProjectView {
  const { record, signer, hash, derivedProjectId } = signed
  // [RULE 11] A project id is made from the owner's key and the nonce, so nobody can announce under another's id.
  if (derivedProjectId !== record.projectId)
    throw new ProtocolError('wrong-signer', 'the project id does not match the owner and the nonce')
  if (view != null) throw new ProtocolError('stale', 'known')
  return emptyView(record.projectId, signer, announce, { epoch: record.epoch, seq: 0, hash })
}

function foldBody(view: ProjectView, record: LogRecord): ProjectView {
  const { body } = record
  switch (body.type) {
    case 'scenes':
      return { ...view, scenes: addScenes(view, body.scenes) }
    case 'planned':
      if (view.planned != null) throw new ProtocolError('invalid', 'planned twice')
      if (body.scenes !== view.scenes.length || body.frames !== nextFrame(view.scenes))
        throw new ProtocolError('invalid', 'the plan does not add up')
      return { ...view, planned: { scenes: body.scenes, frames: body.frames } }
    case 'update':
      return { ...view, priority: body.priority }
    case 'accept':
      return addAccept(view, body.accept)
    case 'withdraw':
      return takeBackReceipts(view, body.withdraw)
    case 'end':
      if (body.end.state === 'completed' && !isFullyAccepted(view))
        throw new ProtocolError('invalid', 'completed with scenes missing')
      return { ...view, end: body.end }
    case 'announce':
      throw new ProtocolError('invalid', 'announced twice')
    default:
      return assertNever(body)
  }
}

function addScenes(view: ProjectView, plans: readonly ScenePlan[]): readonly SceneView[] {
  if (view.planned != null) throw new ProtocolError('invalid', 'a scene after the plan was closed')
  if (view.scenes.length + plans.length > LIMITS.scenesMax) throw new ProtocolError('too-many', 'too many scenes')
  let index = view.scenes.length
  let start = nextFrame(view.scenes)
  for (const plan of plans) {
    // [RULE 15] Scenes tile the film: the first starts at 0, each other one where the one before it ends.
    if (plan.index !== index || plan.start !== start)
      throw new ProtocolError('invalid', `scene ${plan.index} does not follow the one before it`)
    index += 1
    start += plan.frames
  }
  return [...view.scenes, ...plans.map((plan) => ({ plan, accepted: undefined }))]
}

function addAccept(view: ProjectView, accept: Accept): ProjectView {
  const scene = view.scenes[accept.scene]
  if (scene == null) throw new ProtocolError('invalid', 'accepts a scene that is not planned')
  // [RULE 16] A scene has one accepted result at a time.
  if (scene.accepted != null) throw new ProtocolError('invalid', `scene ${accept.scene} was accepted before`)
  return {
    ...view,
    scenes: view.scenes.with(accept.scene, { ...scene, accepted: accept }),
    acceptedScenes: view.acceptedScenes + 1,
    acceptedFrames: view.acceptedFrames + scene.plan.frames,
    acceptedBytes: view.acceptedBytes + accept.result.bytes
  }
}

/** [RULE 51] All receipts of a worker that was caught go at once, except those that a proof covers, and so do those that it proved. */
function takeBackReceipts(view: ProjectView, withdraw: Withdraw): ProjectView {
  if (view.withdrawn.length >= LIMITS.withdrawalsMax)
    throw new ProtocolError('invalid', 'takes back receipts too many times')
  const scenes = unprovedOf(view, withdraw.worker)
  if (scenes.length === 0) throw new ProtocolError('invalid', 'takes back receipts that do not exist')
  const taken = new Set(scenes)
  const left = view.scenes.map((scene) => (taken.has(scene.plan.index) ? { ...scene, accepted: undefined } : scene))
  const accepted = left.filter((scene) => scene.accepted != null)
  return {
    ...view,
    scenes: left,
    acceptedScenes: accepted.length,
    acceptedFrames: accepted.reduce((sum, { plan }) => sum + plan.frames, 0),
    acceptedBytes: accepted.reduce((sum, scene) => sum + (scene.accepted?.result.bytes ?? 0), 0),
    withdrawn: [...view.withdrawn, { ...withdraw, scenes }]
  }
}

/** Scenes of this worker that nobody encoded a second time, and those of others that only this worker did. */
export function unprovedOf(view: ProjectView, worker: string): readonly number[] {
  return view.scenes.flatMap(({ plan, accepted }) =>
    (accepted?.worker === worker && accepted.provedBy == null) || accepted?.provedBy === worker ? [plan.index] : []
  )
}

/** Whether somebody encoded a result of this worker a second time, to the same bytes. */
export function isProvedIn(view: ProjectView, worker: string): boolean {
  return view.scenes.some(({ accepted }) => accepted?.worker === worker && accepted.provedBy != null)
}

/** First frame after the last planned scene. */
export function nextFrame(scenes: readonly SceneView[]): number {
  const last = scenes.at(-1)
  return last == null ? 0 : last.plan.start + last.plan.frames
}

export function isFullyAccepted(view: ProjectView): boolean {
  return view.planned != null && view.acceptedScenes === view.planned.scenes
}

/** [RULE 21] Of two beats the one with the higher (epoch, number) is kept. */
export function isNewerBeat(known: Beat | undefined, beat: Beat): boolean {
  return known == null || beat.epoch > known.epoch || (beat.epoch === known.epoch && beat.beatNo > known.beatNo)
}

/** Whether an owner goes on with one of its projects. One without a log was never announced, or only others have its log. */
export const isUnfinished = (view: Pick<ProjectView, 'end' | 'fork'> | undefined): boolean =>
  view?.end == null && view?.fork == null
