import { describe, expect, test } from 'vitest'
import { encodeBeat, LIMITS, ProtocolError, type Beat } from '../../../src/swarm/protocol/index.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { announceIn, bookOn, newDisk, newSigner, recordAfter, recordsOf, update } from '../../fixtures/log-bench.ts'
import { createMemoryLogStore } from '../../fixtures/memory-log-store.ts'
import type { LogBook, Signer } from '../../../src/swarm/index.ts'
import type { LogBookComponents } from '../../../src/swarm/log-book.ts'

const full = (): Error => Object.assign(new Error('no space'), { code: 'no-space' })

/** Repeats a write that failed once there is space. */
function until(thereIsSpace: () => Promise<void>): NonNullable<LogBookComponents['patiently']> {
  return async (task) => {
    for (;;) {
      try {
        return await task()
      } catch {
        await thereIsSpace()
      }
    }
  }
}

async function code(task: Promise<unknown>): Promise<string> {
  return task.then(
    () => 'taken',
    (error: unknown) => (error instanceof ProtocolError ? error.code : String(error))
  )
}

/** Which steps of a write were done when somebody was told of it. */
function steps(book: LogBook, done: string[]): void {
  book.onRecord(({ record }) => done.push(`told ${record.seq}`))
}

describe('own records', () => {
  test('are in the journal before they are in the store, and in both before anybody is told', async () => {
    const done: string[] = []
    const signer = await newSigner()
    const book = bookOn(newDisk(), signer, ({ store, journal }) => ({
      journal: {
        ...journal,
        append: async (id, envelope) => {
          await journal.append(id, envelope)
          done.push('journal')
        }
      },
      store: {
        ...store,
        append: async (id, seq, envelope, options) => {
          await store.append(id, seq, envelope, options)
          done.push('store')
        }
      }
    }))
    steps(book, done)
    const id = await announceIn(book, signer)
    await book.append(id, 1, update(1))
    expect(done).toEqual(['journal', 'store', 'told 0', 'journal', 'store', 'told 1'])
  })

  test('count when only the journal could take them, are given to others, and reach the store when there is space', async () => {
    const disk = newDisk()
    const signer = await newSigner()
    let space = Promise.withResolvers<void>()
    let isFull = false
    const book = bookOn(disk, signer, ({ store }) => ({
      store: {
        ...store,
        append: async (...args) => {
          if (isFull) throw full()
          await store.append(...args)
        }
      },
      patiently: until(async () => space.promise)
    }))
    const id = await announceIn(book, signer)
    isFull = true
    for (const priority of [1, 2, 3]) await book.append(id, 1, update(priority))
    expect(book.views.get(id)).toMatchObject({ priority: 3, head: { seq: 3 } })
    expect(disk.logs.get(id)?.size).toBe(1)
    expect(await recordsOf(book)).toHaveLength(4)
    isFull = false
    space.resolve()
    space = Promise.withResolvers()
    await eventually('the store has them', () => disk.logs.get(id)?.size === 4)
    await book.append(id, 1, update(4))
    expect([...(disk.logs.get(id)?.keys() ?? [])]).toEqual([0, 1, 2, 3, 4])
  })

  test('wait for space when the journal has none: none is lost, none is made twice', async () => {
    const disk = newDisk()
    const signer = await newSigner()
    const space = Promise.withResolvers<void>()
    let isFull = false
    const book = bookOn(disk, signer, ({ journal }) => ({
      journal: {
        ...journal,
        append: async (...args) => {
          if (isFull) throw full()
          await journal.append(...args)
        }
      },
      patiently: until(async () => space.promise)
    }))
    const id = await announceIn(book, signer)
    isFull = true
    const writing = Promise.all([1, 2].map(async (priority) => book.append(id, 1, update(priority))))
    await new Promise(setImmediate)
    expect(book.views.get(id)?.head.seq).toBe(0)
    isFull = false
    space.resolve()
    await writing
    expect(book.views.get(id)).toMatchObject({ priority: 2, head: { seq: 2 } })
    expect(disk.own.logs.get(id)).toHaveLength(3)
  })

  test('a write that fails for good leaves the book as it was', async () => {
    const signer = await newSigner()
    let broken = false
    const book = bookOn(newDisk(), signer, ({ journal }) => ({
      journal: {
        ...journal,
        append: async (...args) => {
          if (broken) throw new Error('EIO')
          await journal.append(...args)
        }
      }
    }))
    const id = await announceIn(book, signer)
    broken = true
    await expect(book.append(id, 1, update(1))).rejects.toThrow('EIO')
    broken = false
    await book.append(id, 1, update(2))
    expect(book.views.get(id)).toMatchObject({ priority: 2, head: { seq: 1 } })
  })
})

describe('a start', () => {
  test('makes the store whole from the journal, and the journal from the store', async () => {
    const disk = newDisk()
    const signer = await newSigner()
    const book = bookOn(disk, signer)
    const id = await announceIn(book, signer)
    for (const priority of [1, 2, 3]) await book.append(id, 1, update(priority))
    const before = book.views.get(id)
    const losses: (() => void)[] = [
      () => disk.logs.clear(),
      () => [2, 3].forEach((seq) => disk.logs.get(id)?.delete(seq)),
      () => disk.logs.get(id)?.delete(1),
      () => disk.own.logs.clear(),
      () => disk.own.logs.set(id, disk.own.logs.get(id)?.slice(0, 2) ?? [])
    ]
    for (const lose of losses) {
      lose()
      const again = bookOn(disk, signer)
      await again.load()
      expect(again.views.get(id)).toEqual(before)
      expect(disk.logs.get(id)?.size).toBe(4)
      expect(disk.own.logs.get(id)).toHaveLength(4)
    }
    const again = bookOn(disk, signer)
    expect(await again.load()).toBe(0)
    await expect(again.append(id, 2, update(9))).rejects.toThrow(ProtocolError)
    again.takeOver(id)
    await again.append(id, 2, update(9))
    expect(disk.own.logs.get(id)).toHaveLength(5)
  })

  test('says which logs of others are shorter than they were, until they have caught up', async () => {
    const [owner, other] = await Promise.all([newSigner(), newSigner()])
    const source = bookOn(newDisk(), owner)
    const id = await announceIn(source, owner)
    for (const priority of [1, 2]) await source.append(id, 1, update(priority))
    const records = await recordsOf(source)
    const notes = new Map<string, { seq: number; hash: string }>()
    const heads = {
      load: async () => new Map(notes),
      note: (projectId: string, head: { seq: number; hash: string }) => void notes.set(projectId, head),
      forget: (projectId: string) => void notes.delete(projectId)
    }
    const disk = newDisk()
    const book = bookOn(disk, other, () => ({ heads }))
    for (const record of records) await book.ingest(record)
    expect(notes.get(id)?.seq).toBe(2)
    disk.logs.get(id)?.delete(2)
    const again = bookOn(disk, other, () => ({ heads }))
    await again.load()
    expect([...again.behind]).toEqual([[id, 2]])
    await again.ingest(records[2] as Uint8Array)
    expect([...again.behind]).toEqual([])
  })
})

describe('two histories', () => {
  /** An owner whose two copies wrote a different second record. */
  async function forked(): Promise<{ owner: Signer; id: string; common: Uint8Array[]; a: Uint8Array; b: Uint8Array }> {
    const owner = await newSigner()
    const source = bookOn(newDisk(), owner)
    const id = await announceIn(source, owner)
    const [announce] = (await recordsOf(source)) as [Uint8Array]
    const before = { projectId: id, epoch: 1, seq: 0, envelope: announce }
    const a = await recordAfter(owner, before, update(1))
    const b = await recordAfter(owner, before, update(2))
    return { owner, id, common: [announce], a, b }
  }

  test('freeze the project, count as taken, are told with both envelopes, and stay after a restart', async () => {
    const { id, common, a, b } = await forked()
    const disk = newDisk()
    const me = await newSigner()
    const book = bookOn(disk, me)
    const proofs: unknown[] = []
    book.onRecord(({ proof }) => proofs.push(proof))
    for (const record of [...common, a]) await book.ingest(record)
    expect(await code(book.ingest(b))).toBe('taken')
    expect(proofs).toEqual([undefined, undefined, [a, b]])
    expect(book.views.get(id)).toMatchObject({ priority: 1, fork: { seq: 1 } })
    expect(book.heads()).toMatchObject([{ seq: 1, frozen: true }])
    const again = bookOn(disk, me)
    await again.load()
    expect(again.views.get(id)?.fork).toEqual(book.views.get(id)?.fork)
    expect(await recordsOf(again)).toHaveLength(4)
  })

  test('neighbours that have one each end frozen on both sides through the exchange, and stop sending the proof', async () => {
    const { id, common, a, b } = await forked()
    const [one, two] = await Promise.all(
      [a, b].map(async (own) => {
        const book = bookOn(newDisk(), await newSigner())
        for (const record of [...common, own]) await book.ingest(record)
        return book
      })
    )
    const pull = async (to: LogBook, from: LogBook): Promise<number> => {
      let count = 0
      for await (const { records } of from.answer(to.heads()))
        for (const record of records) {
          count += 1
          await to.ingest(record).catch(() => {})
        }
      return count
    }
    const [x, y] = [one as LogBook, two as LogBook]
    // Heads of equal length that differ.
    expect(await pull(x, y)).toBe(1)
    expect(x.views.get(id)?.fork).toMatchObject({ seq: 1 })
    expect(await pull(y, x)).toBeGreaterThan(0)
    expect(x.views.get(id)?.fork).toEqual(y.views.get(id)?.fork)
    expect([await pull(x, y), await pull(y, x)]).toEqual([0, 0])
  })

  test('whoever has a shorter history is shown the record that differs from its last', async () => {
    const { owner, id, common, a, b } = await forked()
    const mine = bookOn(newDisk(), await newSigner())
    const theirs = bookOn(newDisk(), await newSigner())
    const next = await recordAfter(owner, { projectId: id, epoch: 1, seq: 1, envelope: b }, update(3))
    for (const record of [...common, a]) await mine.ingest(record)
    for (const record of [...common, b, next]) await theirs.ingest(record)
    expect(await code(mine.ingest(next))).toBe('fork')
    for await (const { records } of theirs.answer(mine.heads()))
      for (const record of records) await mine.ingest(record).catch(() => {})
    expect(mine.views.get(id)?.fork).toMatchObject({ seq: 1 })
  })
})

describe('a twin', () => {
  const soft = (projectId: string, epoch: number, beatNo: number): Beat => ({
    projectId,
    epoch,
    beatNo,
    state: 'encoding',
    sceneStates: [],
    leases: [],
    fps: 0,
    failures: [],
    seq: 0
  })

  test('shows by a record of a project that is written here, and not by one that only is of this node', async () => {
    const disk = newDisk()
    const signer = await newSigner()
    const first = bookOn(disk, signer)
    const id = await announceIn(first, signer)
    const [announce] = (await recordsOf(first)) as [Uint8Array]
    const next = await recordAfter(signer, { projectId: id, epoch: 2, seq: 0, envelope: announce }, update(1))
    const twins: unknown[] = []
    first.onTwin((twin) => twins.push(twin))
    expect(await code(first.ingest(next))).toBe('twin')
    expect(twins).toEqual([{ projectId: id, epoch: 2 }])
    expect(first.views.get(id)?.head.seq).toBe(0)

    const again = bookOn(disk, signer)
    await again.load()
    expect(await code(again.ingest(next))).toBe('taken')
    expect(again.highestOwnEpoch()).toBe(2)
    // What came back belongs into the journal as well.
    expect(disk.own.logs.get(id)).toHaveLength(2)
    again.takeOver(id)
    const third = await recordAfter(signer, { projectId: id, epoch: 2, seq: 1, envelope: next }, update(2))
    expect(await code(again.ingest(third))).toBe('twin')
    again.giveUp(id)
    expect(await code(again.ingest(third))).toBe('taken')
  })

  test('shows by a beat that is newer than what this node last said', async () => {
    const signer = await newSigner()
    const book = bookOn(newDisk(), signer)
    const id = await announceIn(book, signer, 3)
    const say = async (epoch: number, beatNo: number): Promise<Uint8Array> =>
      signer.sign('beat', encodeBeat(soft(id, epoch, beatNo)))
    book.sayBeat(soft(id, 3, 5), await say(3, 5))
    const twins: unknown[] = []
    book.onTwin((twin) => twins.push(twin))
    expect(await code(book.ingestBeat(await say(3, 5)))).toBe('stale')
    expect(await code(book.ingestBeat(await say(2, 99)))).toBe('stale')
    expect(await code(book.ingestBeat(await say(4, 0)))).toBe('twin')
    expect(twins).toEqual([{ projectId: id, epoch: 4 }])
    expect(book.beats.get(id)).toMatchObject({ epoch: 3 })
  })

  test('a beat tells others of a new epoch once, and of records that they lack', async () => {
    const [owner, me] = await Promise.all([newSigner(), newSigner()])
    const source = bookOn(newDisk(), owner)
    const id = await announceIn(source, owner, 3)
    const book = bookOn(newDisk(), me)
    for (const record of await recordsOf(source)) await book.ingest(record)
    const news = async (beat: Beat): Promise<unknown> => book.ingestBeat(await owner.sign('beat', encodeBeat(beat)))
    expect(await news(soft(id, 3, 1))).toMatchObject({ isNewReign: false, lacksRecords: false })
    expect(await news({ ...soft(id, 4, 0), seq: 2 })).toMatchObject({ isNewReign: true, lacksRecords: true })
    expect(await news(soft(id, 4, 1))).toMatchObject({ isNewReign: false, lacksRecords: false })
  })
})

test('a listener that throws hinders neither the others nor the one who brought the record', async () => {
  const signer = await newSigner()
  const book = bookOn(newDisk(), signer)
  const heard: number[] = []
  book.onRecord(() => {
    throw new Error('broken')
  })
  book.onRecord(({ record }) => heard.push(record.seq))
  const id = await announceIn(book, signer)
  const other = bookOn(newDisk(), await newSigner())
  other.onRecord(() => {
    throw new Error('broken')
  })
  for (const record of await recordsOf(book)) expect(await code(other.ingest(record))).toBe('taken')
  expect([heard, other.views.has(id)]).toEqual([[0], true])
})

test('what ended long ago is not offered, and is forgotten where it is of others', async () => {
  const owner = await newSigner()
  let now = 1_000
  const source = bookOn(newDisk(), owner, () => ({ wallMs: () => now }))
  const id = await announceIn(source, owner)
  const end = { state: 'cancelled', reason: '', outputSha256: '', outputBytes: 0, endedAtMs: 1_000 } as const
  await source.append(id, 1, { type: 'end', end })
  const disk = newDisk()
  const book = bookOn(disk, await newSigner(), () => ({ wallMs: () => now }))
  for (const record of await recordsOf(source)) await book.ingest(record)
  now += LIMITS.endedKeepMs + 1
  expect(await recordsOf(source)).toEqual([])
  await Promise.all([source.sweep(), book.sweep()])
  expect([source.views.has(id), book.views.has(id), disk.logs.has(id)]).toEqual([true, false, false])
})

test('a removed project keeps its announcement and its removal, whatever lay between', async () => {
  const disk = newDisk()
  const signer = await newSigner()
  const book = bookOn(disk, signer)
  const id = await announceIn(book, signer)
  for (const priority of [1, 2, 3]) await book.append(id, 1, update(priority))
  const end = { state: 'removed', reason: '', outputSha256: '', outputBytes: 0, endedAtMs: Date.now() } as const
  await book.append(id, 1, { type: 'end', end })
  expect([...(disk.logs.get(id)?.keys() ?? [])]).toEqual([0, 4])
  const again = bookOn(disk, signer)
  expect(await again.load()).toBe(0)
  expect(again.views.get(id)).toEqual(book.views.get(id))
})

test('a store that fails takes nothing, and the same record can come again', async () => {
  const owner = await newSigner()
  const source = bookOn(newDisk(), owner)
  const id = await announceIn(source, owner)
  const store = createMemoryLogStore()
  let isFull = true
  const book = bookOn(newDisk(), await newSigner(), () => ({
    store: {
      ...store,
      append: async (...args) => {
        if (isFull) throw full()
        await store.append(...args)
      }
    }
  }))
  const [announce] = (await recordsOf(source)) as [Uint8Array]
  await expect(book.ingest(announce)).rejects.toThrow('no space')
  expect(book.views.has(id)).toBe(false)
  isFull = false
  await book.ingest(announce)
  expect(book.views.has(id)).toBe(true)
})

test('a project whose owner keeps its title shows under its id, or under the title that this node is told', async () => {
  const owner = await newSigner()
  const source = bookOn(newDisk(), owner)
  const id = await announceIn(source, owner, 1, { title: '', share: 'trusted' })
  const disk = newDisk()
  const signer = await newSigner()
  const book = bookOn(disk, signer)
  const title = (): string | undefined => book.views.get(id)?.announce.title
  // Too early: nothing is known of it.
  book.nameProject('another', 'x.mkv')
  for (const record of await recordsOf(source)) await book.ingest(record)
  expect(title()).toBe(`film ${id.slice(0, 8)}`)
  book.nameProject(id, 'film.mkv')
  expect(title()).toBe('film.mkv')
  await source.append(id, 1, update(3))
  for (const record of await recordsOf(source)) await book.ingest(record).catch(() => {})
  expect([title(), book.views.get(id)?.priority]).toEqual(['film.mkv', 3])
  // What is passed on is what the owner signed, and the title is on no disk.
  const again = bookOn(disk, signer)
  await again.load()
  expect(again.views.get(id)?.announce.title).toBe(`film ${id.slice(0, 8)}`)
  expect(await recordsOf(book)).toEqual(await recordsOf(source))
})

test('an announced title is not replaced', async () => {
  const signer = await newSigner()
  const book = bookOn(newDisk(), signer)
  const id = await announceIn(book, signer)
  const before = book.views.get(id)?.announce.title
  book.nameProject(id, 'another.mkv')
  expect([before, book.views.get(id)?.announce.title]).toEqual(['film.mkv', 'film.mkv'])
})
