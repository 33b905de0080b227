import { createNames } from './names.ts'
import { acceptedWords, endWords, failedWords, refusedWords, submittedWords } from './words.ts'
import type { DiskGuard } from '../../storage/index.ts'
import type { LogBook, LogChange, Logger } from '../../swarm/index.ts'
import type { Accept, End } from '../../swarm/protocol/index.ts'
import type { Attempt, History } from '../history/index.ts'
import type { Chronicle } from './chronicle.ts'
import type { SampleSources } from './sample.ts'

export interface WatchComponents extends SampleSources {
  readonly chronicle: Pick<Chronicle, 'note' | 'sample'>
  readonly book: Pick<LogBook, 'views' | 'onRecord'>
  readonly history: Pick<History, 'onOver'>
  readonly guard: Pick<DiskGuard, 'onChange'>
  /** Calls back when a peer says for the first time what it is called. @returns a function that ends it */
  readonly onNamed: (listener: () => void) => () => void
  /** What a user wants to hear of at once goes here too. */
  readonly log: Logger
}

const LOOK_MS = 10_000
/** A sample with each so many looks: one a minute. */
const LOOKS_PER_SAMPLE = 6
/** Records that come from neighbours after a start may be old: they happened long ago. */
const NEWS_MS = 10 * 60_000

const ENDS = { completed: 'completed', failed: 'failed', cancelled: 'cancelled', removed: 'removed' } as const

/** Notes what happens at this node, and its speed once a minute; peers that come and go, films that begin and end, and scenes that others made for this node, stand in its log as well. @returns a function that ends it */
export function watchNode(components: WatchComponents, nowMs = Date.now): () => void {
  const { chronicle, book, history, guard, node, projects, onNamed, log } = components
  const names = createNames(node)
  const { version, peerId: self } = node.status()
  chronicle.note({ kind: 'started', text: `This node started, version ${version}` })

  function accepted(view: LogChange['view'], accept: Accept): void {
    const { projectId } = view
    const { scene, worker, encodeMs, result } = accept
    const text = acceptedWords(view, accept, names.of(worker))
    chronicle.note({ kind: 'accepted', text, projectId, scene, peerId: worker })
    // The worker of this node says it itself.
    if (worker === self) return
    const figures = { frames: view.scenes[scene]?.plan.frames, bytes: result.bytes, ms: encodeMs }
    log.info({ projectId, scene, worker, ...figures }, 'scene accepted')
  }

  function ended(view: LogChange['view'], end: End): void {
    const { projectId } = view
    const { state, outputBytes } = end
    const text = endWords(view, end)
    if (text !== undefined && state !== 'removed') chronicle.note({ kind: state, text, projectId })
    log.info({ projectId, bytes: outputBytes }, ENDS[state])
  }

  function record({ view, record: { body }, own }: LogChange): void {
    const { projectId, announce } = view
    if (body.type === 'accept' && own) accepted(view, body.accept)
    if (body.type === 'announce' && nowMs() - announce.createdAtMs < NEWS_MS) {
      chronicle.note({ kind: 'submitted', text: submittedWords(view, names.of(view.owner)), projectId })
      if (own) log.info({ projectId }, 'submitted')
    }
    if (body.type === 'end' && nowMs() - body.end.endedAtMs < NEWS_MS) ended(view, body.end)
  }

  function over({ projectId, scene, worker, verdict, reason }: Attempt): void {
    if (verdict !== 'refused' && verdict !== 'failed') return
    const title = book.views.get(projectId)?.announce.title ?? projectId
    const trouble = { title, scene, from: names.of(worker), reason }
    const text = verdict === 'refused' ? refusedWords(trouble) : failedWords(trouble)
    const kind = verdict === 'refused' ? 'refused' : 'scene-failed'
    chronicle.note({ kind, text, projectId, scene, peerId: worker })
  }

  function look(): void {
    const { came, went } = names.look()
    for (const peerId of came) {
      chronicle.note({ kind: 'peer-came', text: `${names.of(peerId)} connected`, peerId })
      log.info({ peer: peerId }, 'connected')
    }
    for (const peerId of went) {
      chronicle.note({ kind: 'peer-went', text: `${names.of(peerId)} disconnected`, peerId })
      log.info({ peer: peerId }, 'disconnected')
    }
  }

  const stops = [
    book.onRecord(record),
    history.onOver(over),
    onNamed(look),
    guard.onChange((state) =>
      chronicle.note(
        state === 'disk-full'
          ? { kind: 'disk-full', text: 'The disk is full: this node takes no new work until there is space' }
          : { kind: 'disk-ok', text: 'There is space on the disk again' }
      )
    )
  ]
  let looks = 0
  const timer = setInterval(() => {
    look()
    looks += 1
    if (looks % LOOKS_PER_SAMPLE === 0) chronicle.sample({ node, projects })
  }, LOOK_MS)
  timer.unref()
  return () => {
    clearInterval(timer)
    for (const stop of stops) stop()
  }
}
