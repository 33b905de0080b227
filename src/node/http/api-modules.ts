import { dirname } from 'node:path'
import {
  ApiRefusal,
  unknownProject,
  type ApiModules,
  type ProjectIdle,
  type ProjectSnapshot
} from '../../api/modules.ts'
import { type AnalysisCache, MediaError } from '../../encode/index.ts'
import type { FileBytes } from '../../api/downloads.ts'
import { BitstreamError, ENCODERS, passesOf, sameBuild } from '../../encode/rules/index.ts'
import { createDryRun } from './dry-run-module.ts'
import { checkOutcome, commandRefusal } from './command-refusals.ts'
import { createNodeEvents } from './node-events.ts'
import { printable } from '../../common/text.ts'
import { createCompletedFiles } from './files/completed-files.ts'
import { openFile, openPart } from './files/open-part.ts'
import { createSourceClips } from './files/source-clips.ts'
import type { ClipCache } from './files/clip-cache.ts'
import type { OutputFiles } from './files/output-files.ts'
import type { Heard } from '../peers/heard.ts'
import { createScenesModule } from '../history/scenes-module.ts'
import { waitWords } from '../idle/wait-words.ts'
import { resolveInput, resolveOutput, type ResolvedInput } from './media-paths.ts'
import type { SetOutput } from './set-output.ts'
import { createPreviews, PREVIEW_BYTES_MAX } from './previews.ts'
import { announcedVideo } from '../project-spec.ts'
import { SubmitError } from '../owner/job.ts'
import { measuredScenes } from '../owner/past-speed.ts'
import type { PeerStatus, SubmitRequest } from '../../api/schemas/index.ts'
import type { BlobStore } from '../../storage/index.ts'
import type { BlobExchange, CommandOutcome, LogBook } from '../../swarm/index.ts'
import {
  isOutputName,
  turnReason,
  waitOf,
  type Beat,
  type CommandRequest,
  type ProjectView
} from '../../swarm/protocol/index.ts'
import type { History } from '../history/index.ts'
import type { OwnerService } from '../owner/owner-service.ts'
import type { SubmitOptions } from '../owner/submit-wish.ts'

export interface ApiModulesComponents extends Pick<
  ApiModules,
  'node' | 'control' | 'files' | 'encoders' | 'logs' | 'uploads'
> {
  readonly peerId: string
  readonly media: readonly string[]
  readonly book: LogBook
  readonly blobs: BlobStore
  readonly exchange: BlobExchange
  readonly owner: Pick<OwnerService, 'submit' | 'check' | 'waiting' | 'jobOf' | 'stateOf'>
  readonly analyses: AnalysisCache
  /** Finished files of this node's projects. */
  readonly outputs: OutputFiles
  readonly clips: ClipCache
  readonly heard: Heard
  /** Why this node does nothing for a project. */
  readonly idleOf: (projectId: string) => ProjectIdle | undefined
  readonly history: Pick<History, 'of' | 'since'>
  /** Path of a finished upload that an `input` names. */
  readonly uploadPath: (input: string) => Promise<string | undefined>
  /** Gives the finished file of a project of this node another place. */
  readonly setOutput: SetOutput
  /** Does what a command says to a project of this node. */
  readonly carryOut: (request: CommandRequest) => Promise<CommandOutcome>
  /** Has the owner of a project do it. @throws CommandError when it gives no answer */
  readonly forward: (owner: string, request: CommandRequest) => Promise<CommandOutcome>
}

const NO_SCENE = 'There is no finished scene with this number.'
const NOT_HERE = 'The scene is not on this node, and no peer that can be reached still has it.'

/** Joins the node's rooms to what the API needs of them. */
export function createApiModules({
  peerId,
  media,
  book,
  blobs,
  exchange,
  owner,
  analyses,
  outputs,
  clips,
  heard,
  idleOf,
  history,
  setOutput: setOwnOutput,
  carryOut,
  forward,
  uploadPath,
  node,
  ...sections
}: ApiModulesComponents): Omit<ApiModules, 'health'> {
  const previews = createPreviews()
  const completed = createCompletedFiles({ peerId, outputs, exchange, called })
  const sourceClip = createSourceClips({ peerId, owner, blobs, exchange, cache: clips })
  function snapshot(view: ProjectView): ProjectSnapshot {
    const job = owner.jobOf(view.projectId)
    const waits = owner.waiting.of(view.projectId)
    const beat = waits?.beat ?? book.beats.get(view.projectId)
    return {
      view,
      beat,
      passes: passesOf(view.announce.encoderName),
      outputPath: job?.output,
      warnings: job?.warnings,
      film: job?.film,
      own: view.owner === peerId,
      waiting: waits?.reason ?? waitingOf(view, beat),
      stale: book.behind.has(view.projectId),
      idle: idleOf(view.projectId),
      heardAtMs: view.owner === peerId ? undefined : heard.atMs(view.projectId),
      quantiserFlag: quantiserFlagOf(view.announce.encoderName)
    }
  }

  /** The owner knows it with the names of its files, the others as far as it told them. */
  function waitingOf({ projectId, owner: of }: ProjectView, beat: Beat | undefined): string {
    const state = owner.stateOf(projectId)
    if (state != null) return waitOf(state)?.reason ?? turnReason(state)
    return of === peerId || beat?.waits == null ? '' : waitWords(beat.waits, projectId)
  }

  function find(projectId: string): ProjectView | undefined {
    const view = book.views.get(projectId) ?? owner.waiting.of(projectId)?.view
    return view == null || view.end?.state === 'removed' ? undefined : view
  }

  /** Those that wait, until their projects are announced. */
  function submissions(): ProjectView[] {
    return owner.waiting.list().flatMap(({ view }) => (book.views.has(view.projectId) ? [] : [view]))
  }

  function mustFind(projectId: string): ProjectView {
    const view = find(projectId)
    if (view == null) throw unknownProject()
    return view
  }

  /** How people call a node: by the name that it gave itself, where it is known, and its id, which nobody else can have. */
  function called(peer: string): string {
    const name = node.peers().find((other) => other.peerId === peer)?.name ?? ''
    return name === '' ? peer : `${printable(name)} (${peer})`
  }

  /** At this node for its own projects, at the owner for others. */
  async function command(request: CommandRequest): Promise<void> {
    await commandOr(request, async () => carryOut(request))
  }

  async function commandOr(request: CommandRequest, here: () => Promise<CommandOutcome>): Promise<void> {
    const view = mustFind(request.projectId)
    const owner = called(view.owner)
    try {
      checkOutcome(view.owner === peerId ? await here() : await forward(view.owner, request), owner)
    } catch (error) {
      throw commandRefusal(error, owner)
    }
  }

  function findScene(projectId: string, scene: number) {
    const view = find(projectId)
    const { plan, accepted } = view?.scenes[scene] ?? {}
    if (view == null || plan == null || accepted == null) throw new ApiRefusal('unknown-scene', 404, NO_SCENE)
    return { view, plan, accepted }
  }

  /** The encoded scene on this node, fetched from a peer that has it if needed. */
  async function sceneHere(projectId: string, scene: number, signal: AbortSignal): Promise<string> {
    const { view, accepted } = findScene(projectId, scene)
    try {
      await exchange.fetch(accepted.result, [view.owner, accepted.worker], { signal })
    } catch (cause) {
      throw new ApiRefusal('not-here', 503, NOT_HERE, { cause })
    }
    return blobs.path(accepted.result.sha256)
  }

  async function sceneFile(projectId: string, scene: number, signal: AbortSignal): Promise<FileBytes> {
    const { view, accepted } = findScene(projectId, scene)
    const { result } = accepted
    const { bytes } = result
    // Where only the whole shows that it is the right one, it is fetched; a large one is passed on by the owner's word.
    if (bytes <= PREVIEW_BYTES_MAX || view.owner === peerId || (await blobs.has(result))) {
      const path = await sceneHere(projectId, scene, signal)
      return { bytes, read: async (first, last) => openFile(path, first, last) }
    }
    const passOn = async (first: number, last: number) =>
      openPart((until) => exchange.read(result, view.owner, { first, last }, { signal: until }), bytes, signal)
    return {
      bytes,
      read: async (first, last) =>
        passOn(first, last).catch(async () => openFile(await sceneHere(projectId, scene, signal), first, last))
    }
  }

  interface FoundInput {
    readonly found: ResolvedInput | undefined
    readonly isUpload: boolean
  }

  async function findInput(input: string, trusted: boolean): Promise<FoundInput> {
    const upload = await uploadPath(input)
    if (upload != null) return { found: { path: upload, named: upload }, isUpload: true }
    return { found: await resolveInput(input, media, trusted), isUpload: false }
  }

  async function resolveRequest(
    request: SubmitRequest,
    { path, named }: ResolvedInput,
    isUpload: boolean,
    trusted: boolean
  ): Promise<SubmitOptions> {
    const { output, ...options } = request
    // A user who sent a film may have the finished one made beside it.
    const roots = isUpload ? [...media, dirname(path)] : media
    return {
      ...options,
      input: path,
      named,
      ...(output == null ? {} : { output: await resolveOutput(output, named, roots, trusted) })
    }
  }

  async function resolveAll(requests: readonly SubmitRequest[], trusted: boolean): Promise<SubmitOptions[]> {
    const inputs = await Promise.all(
      requests.map(async (request) => ({ request, ...(await findInput(request.input, trusted)) }))
    )
    const missing = inputs.filter(({ found }) => found == null).map(({ request }) => request.input)
    if (missing.length > 0) throw new ApiRefusal('not-found', 404, `Input files not found: ${missing.join(',')}`)
    return Promise.all(
      inputs.flatMap(({ request, found, isUpload }) =>
        found == null ? [] : [resolveRequest(request, found, isUpload, trusted)]
      )
    )
  }

  async function submit(requests: readonly SubmitRequest[], trusted: boolean): Promise<string[]> {
    const options = await resolveAll(requests, trusted)
    try {
      return await owner.submit(options)
    } catch (error) {
      if (error instanceof SubmitError) throw new ApiRefusal(error.code, 400, error.message, { cause: error })
      throw error
    }
  }

  /** What a token of this node opens, it opens here only: another owner restricts the place itself, and replaces nothing. */
  async function setOutput(projectId: string, output: string, overwrite: boolean, trusted: boolean): Promise<void> {
    const view = mustFind(projectId)
    if (view.owner !== peerId && overwrite)
      throw new ApiRefusal('not-own', 409, `A file at ${called(view.owner)} is replaced only by a command given there.`)
    if (!isOutputName(output)) throw new ApiRefusal('output-unwritable', 400, 'The output is not the name of a file.')
    const request = { projectId, kind: 'set-output', output } as const
    await commandOr(request, async () => setOwnOutput(projectId, { output, overwrite, trusted }))
  }

  function snapshotOf(projectId: string): ProjectSnapshot | undefined {
    const view = find(projectId)
    return view == null ? undefined : snapshot(view)
  }

  const modules: Omit<ApiModules, 'events' | 'health'> = {
    ...sections,
    node,
    dryRun: createDryRun({
      analyses,
      check: owner.check,
      measured: (build, params) => measuredScenes(book.views.values(), build, params),
      slots: (build) => slotsFor(build, [node.status(), ...node.peers()]),
      resolve: async (request, trusted) => {
        const [options] = await resolveAll([request], trusted)
        if (options == null) throw new RangeError('one request makes one submission')
        return options
      }
    }),
    downloads: {
      completed: async (projectId, signal) => completed(mustFind(projectId), signal),
      sourceClip: async (projectId, scene, signal) => {
        const { path, bytes, tag } = await sourceClip(mustFind(projectId), scene, signal)
        return { bytes, tag, read: async (first, last) => openFile(path, first, last) }
      }
    },
    scenes: createScenesModule({ history, blobs, owner, snapshotOf, node }),
    projects: {
      submit,
      list: () =>
        [...book.views.values(), ...submissions()]
          .filter((view) => view.end?.state !== 'removed')
          .toSorted((a, b) => a.priority - b.priority || a.announce.createdAtMs - b.announce.createdAtMs)
          .map(snapshot),
      get: snapshotOf,
      setOutput,
      retry: async (projectId) => command({ projectId, kind: 'retry' }),
      cancel: async (projectId) => command({ projectId, kind: 'cancel' }),
      remove: async (projectId) => command({ projectId, kind: 'remove' }),
      setPriority: async (projectId, priority) => command({ projectId, kind: 'set-priority', priority }),
      sceneFile,
      scenePlayable: async (projectId, scene, form, signal) => {
        const { view, plan, accepted } = findScene(projectId, scene)
        const { sha256, bytes } = accepted.result
        if (bytes > PREVIEW_BYTES_MAX)
          throw new ApiRefusal(
            'too-large',
            400,
            `The scene has ${bytes} bytes, too many for a player; request the .ivf.`
          )
        const file = await sceneHere(projectId, scene, signal)
        const video = announcedVideo(view.announce)
        try {
          return await previews.get({ file, sha256, form, frames: plan.frames, video })
        } catch (cause) {
          // Other owners' scenes are whatever they accepted.
          if (!(cause instanceof MediaError || cause instanceof BitstreamError || cause instanceof TypeError))
            throw cause
          throw new ApiRefusal('unplayable', 400, 'Players cannot play this scene; request the .ivf.', { cause })
        }
      }
    }
  }
  return { ...modules, events: createNodeEvents({ ...modules, book, waiting: owner.waiting }) }
}

function quantiserFlagOf(encoderName: string): string {
  const encoder = Object.values(ENCODERS).find(({ name }) => name === encoderName)
  return encoder == null ? '' : `--${encoder.quantiser.flag}`
}

function slotsFor(build: string, peers: readonly PeerStatus[]): number {
  const able = peers.filter((peer) => peer.connected && peer.encoders.some((one) => sameBuild(one, build)))
  return able.reduce((sum, peer) => sum + peer.slots, 0)
}
