import { expect, test } from 'vitest'
import { bookOn, newDisk, newSigner, recordsOf, type LogDisk } from '../../fixtures/log-bench.ts'
import { announceSample, hashNo, planNo } from '../../fixtures/protocol-samples.ts'
import { deriveProjectId, type KeptViews, type LogBook, type Signer } from '../../../src/swarm/index.ts'
import type { LogBody, ProjectView } from '../../../src/swarm/protocol/index.ts'

const SCENES = 3

/** A disk with room for views, which notes how many records a start reads from log and journals. */
function viewDisk() {
  const disk = newDisk()
  const kept = new Map<string, Uint8Array>()
  const views: KeptViews = {
    put: async (projectId, bytes) => void kept.set(projectId, Uint8Array.from(bytes)),
    delete: async (projectId) => void kept.delete(projectId),
    async *all() {
      for (const [projectId, bytes] of kept) yield { projectId, bytes: Uint8Array.from(bytes) }
    }
  }
  async function start(signer: Signer, version = '1'): Promise<{ book: LogBook; read: number }> {
    let read = 0
    const book = bookOn(disk, signer, ({ store, journal }) => ({
      kept: { views, version },
      store: {
        ...store,
        async *all(known) {
          for await (const record of store.all(known)) {
            read += 1
            yield record
          }
        }
      },
      journal: {
        ...journal,
        records: async (projectId) => {
          const records = await journal.records(projectId)
          read += records.length
          return records
        }
      }
    }))
    await book.load()
    return { book, read }
  }
  return { disk, kept, start }
}

const receipt = (scene: number, worker: string): LogBody => ({
  type: 'accept',
  accept: { scene, result: { sha256: hashNo(scene), bytes: 9 }, worker, epoch: 1, attempt: 1, encodeMs: 5 }
})

const END: LogBody = {
  type: 'end',
  end: { state: 'completed', reason: '', outputSha256: hashNo(1), outputBytes: 1, endedAtMs: Date.now() }
}

/** A film of three scenes that is done. */
async function film(book: LogBook, signer: Signer, nonce = '0'): Promise<string> {
  const announce = { ...announceSample, title: '', nonce: nonce.padStart(32, '0') }
  const projectId = deriveProjectId(signer.peerId, announce.nonce)
  const plans = Array.from({ length: SCENES }, (_, scene) => planNo(scene, 10 * scene, 10))
  const receipts = plans.map(({ index }) => receipt(index, signer.peerId))
  const planned: LogBody = { type: 'planned', scenes: SCENES, frames: 10 * SCENES }
  for (const body of [{ type: 'announce', announce } as const, { type: 'scenes', scenes: plans } as const, planned])
    await book.append(projectId, 1, body)
  for (const body of [...receipts, END]) await book.append(projectId, 1, body)
  return projectId
}

const seen = (book: LogBook, projectId: string): ProjectView => {
  const view = book.views.get(projectId)
  if (view === undefined) throw new Error('it is not there')
  return { ...view }
}

/** A film of this node and one of another, done, on one disk. */
async function twoFilms() {
  const { disk, kept, start } = viewDisk()
  const [self, other] = [await newSigner(), await newSigner()]
  const { book } = await start(self)
  const elsewhere = bookOn(newDisk(), other)
  const theirs = await film(elsewhere, other)
  for (const envelope of await recordsOf(elsewhere)) await book.ingest(envelope)
  const own = await film(book, self)
  const whole = { own: seen(book, own), theirs: seen(book, theirs) }
  return { disk, kept, start, self, other, elsewhere, book, own, theirs, whole }
}

test('a start reads no record of films that have ended, and knows the same of them', async () => {
  const { start, self, own, theirs, whole } = await twoFilms()
  const { book, read } = await start(self)
  expect(read).toBe(0)
  expect({ own: seen(book, own), theirs: seen(book, theirs) }).toEqual(whole)
  expect(book.heads()).toHaveLength(2)
})

test.for<
  [what: string, change: (disk: LogDisk, own: string, theirs: string) => unknown, read: number, theirsEnded: boolean]
>([
  ['the log of another has lost its end', ({ logs }, _, theirs) => void logs.get(theirs)?.delete(6), 6, false],
  [
    'the log of another ends otherwise',
    ({ logs }, _, theirs) => logs.get(theirs)?.set(6, logs.get(theirs)?.get(5) ?? new Uint8Array()),
    7,
    false
  ],
  ['the log of another is gone', ({ logs }, _, theirs) => void logs.delete(theirs), 0, false],
  ['the log of this node is gone, and its journal is there', ({ logs }, own) => void logs.delete(own), 7, true],
  ['the journal is gone, and the log is there', ({ own }, id) => void own.logs.delete(id), 7, true],
  ['the journal is shorter', ({ own }, id) => void own.logs.get(id)?.pop(), 13, true]
])('where %s, what is there counts', async ([, change, read, theirsEnded]) => {
  const { disk, kept, start, self, own, theirs, whole } = await twoFilms()
  change(disk, own, theirs)
  const again = await start(self)
  expect(again.read).toBe(read)
  expect(seen(again.book, own)).toEqual(whole.own)
  expect(again.book.views.get(theirs)?.end).toEqual(theirsEnded ? whole.theirs.end : undefined)
  expect(disk.own.logs.get(own)).toHaveLength(7)
  expect(kept.has(own)).toBe(true)
})

test.for([
  ['of another version', (bytes: Uint8Array) => bytes, '2'],
  ['of another form', () => new Uint8Array([0, 0, 0, 2, 1, 2, 3]), '1']
] as const)('a view %s is made again from the log', async ([, change, version]) => {
  const { kept, start, self, own, whole } = await twoFilms()
  for (const [projectId, bytes] of kept) kept.set(projectId, change(bytes))
  const first = await start(self, version)
  expect(first.read).toBeGreaterThan(SCENES)
  expect(seen(first.book, own)).toEqual(whole.own)
  expect((await start(self, version)).read).toBe(0)
})

test('a removal goes on from a kept view, and takes it away', async () => {
  const { kept, start, self, own, theirs } = await twoFilms()
  const { book } = await start(self)
  book.takeOver(own)
  await book.append(own, 2, { ...END, end: { ...END.end, state: 'removed' } } as LogBody)
  expect([...kept.keys()]).toEqual([theirs])
  const { book: after, read } = await start(self)
  expect(after.views.get(own)?.end?.state).toBe('removed')
  expect(read).toBeGreaterThan(0)
})

test('a view that a crash left beside the log of a removed film does not count', async () => {
  const { kept, start, self, own } = await twoFilms()
  const left = kept.get(own) ?? new Uint8Array()
  const { book } = await start(self)
  book.takeOver(own)
  await book.append(own, 2, { ...END, end: { ...END.end, state: 'removed' } } as LogBody)
  kept.set(own, left)
  const { book: after } = await start(self)
  expect(after.views.get(own)).toMatchObject({ end: { state: 'removed' }, scenes: [] })
  expect(kept.has(own)).toBe(false)
})

test('a second history is proved against a kept view, and its proof outlives a start', async () => {
  const { start, self, other, theirs } = await twoFilms()
  const twin = bookOn(newDisk(), other)
  const { book } = await start(self)
  const announce = { ...announceSample, title: 'another', nonce: '0'.padStart(32, '0') }
  await twin.append(theirs, 1, { type: 'announce', announce })
  for (const envelope of await recordsOf(twin)) await book.ingest(envelope)
  expect(book.views.get(theirs)).toMatchObject({ fork: { seq: 0 }, acceptedScenes: SCENES })
  const { book: after } = await start(self)
  expect(after.views.get(theirs)).toMatchObject({ fork: { seq: 0 }, acceptedScenes: SCENES })
})

test('a film that runs is not kept', async () => {
  const { kept, start } = viewDisk()
  const self = await newSigner()
  const { book } = await start(self)
  const announce = { ...announceSample, nonce: '1'.padStart(32, '0') }
  await book.append(deriveProjectId(self.peerId, announce.nonce), 1, { type: 'announce', announce })
  expect(kept.size).toBe(0)
  expect((await start(self)).read).toBe(2)
})
