import { createNames } from './names.ts'
import { acceptedWords, endWords, failedWords, refusedWords, submittedWords } from './words.ts'
import type { DiskGuard } from '../../storage/index.ts'
import type { LogBook, LogChange } from '../../swarm/index.ts'
import type { Attempt, History } from '../history/index.ts'
import type { Chronicle } from './chronicle.ts'
import type { SampleSources } from './sample.ts'

export interface WatchComponents extends SampleSources {
  readonly chronicle: Pick<Chronicle, 'note' | 'sample'>
  readonly book: Pick<LogBook, 'views' | 'onRecord'>
  readonly history: Pick<History, 'onOver'>
  readonly guard: Pick<DiskGuard, 'onChange'>
}

const LOOK_MS = 10_000
/** A sample with each so many looks: one a minute. */
const LOOKS_PER_SAMPLE = 6
/** Records that come from neighbours after a start may be old: they happened long ago. */
const NEWS_MS = 10 * 60_000

/** Notes what happens at this node, and its speed once a minute. @returns a function that ends it */
export function watchNode(components: WatchComponents, nowMs = Date.now): () => void {
  const { chronicle, book, history, guard, node, projects } = components
  const names = createNames(node)
  const { version } = node.status()
  chronicle.note({ kind: 'started', text: `This node started, version ${version}` })

  function record({ view, record: { body }, own }: LogChange): void {
    const { projectId, announce } = view
    if (body.type === 'accept' && own) {
      const { accept } = body
      const text = acceptedWords(view, accept, names.of(accept.worker))
      chronicle.note({ kind: 'accepted', text, projectId, scene: accept.scene, peerId: accept.worker })
    }
    if (body.type === 'announce' && nowMs() - announce.createdAtMs < NEWS_MS)
      chronicle.note({ kind: 'submitted', text: submittedWords(view, names.of(view.owner)), projectId })
    if (body.type === 'end' && nowMs() - body.end.endedAtMs < NEWS_MS) {
      const { state } = body.end
      const text = endWords(view, body.end)
      if (text !== undefined && state !== 'removed') chronicle.note({ kind: state, text, projectId })
    }
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
    for (const peerId of came) chronicle.note({ kind: 'peer-came', text: `${names.of(peerId)} came`, peerId })
    for (const peerId of went) chronicle.note({ kind: 'peer-went', text: `${names.of(peerId)} went`, peerId })
  }

  const stops = [
    book.onRecord(record),
    history.onOver(over),
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
