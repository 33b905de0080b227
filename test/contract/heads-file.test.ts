import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createHeadsFile, type HeadsFile, type StoredHead } from '../../src/storage/index.ts'
import { createMemoryHeadsFile } from '../fixtures/memory-heads-file.ts'
import { tempDir } from '../fixtures/temp-dir.ts'

interface Opened {
  readonly heads: HeadsFile
  readonly restart: () => Promise<Opened>
}

async function openFile(path?: string): Promise<Opened> {
  const at = path ?? join(await tempDir(), 'heads')
  return { heads: createHeadsFile(at, { writeMs: 1e6 }), restart: async () => openFile(at) }
}

async function openMemory(stored: Map<string, StoredHead> = new Map()): Promise<Opened> {
  return { heads: createMemoryHeadsFile(stored), restart: async () => openMemory(stored) }
}

const IMPLEMENTATIONS = [
  { name: 'file', open: async () => openFile() },
  { name: 'memory', open: async () => openMemory() }
]
const head = (seq: number): StoredHead => ({ seq, hash: `${seq}`.repeat(4) })

describe.for(IMPLEMENTATIONS)('$name', ({ open }) => {
  test('what was noted and flushed is there after a restart, the last of each project', async () => {
    const { heads, restart } = await open()
    expect((await heads.load()).size).toBe(0)
    for (const seq of [1, 3, 2]) heads.note('a', head(seq))
    heads.note('b', head(0))
    await heads.flush()
    const { heads: again } = await restart()
    expect([...(await again.load())]).toEqual([
      ['a', head(2)],
      ['b', head(0)]
    ])
  })

  test('what was forgotten is gone, and what was loaded stays when something else is noted', async () => {
    const { heads, restart } = await open()
    for (const id of ['a', 'b', 'c']) heads.note(id, head(1))
    heads.forget('b')
    heads.forget('never')
    await heads.flush()
    const second = await restart()
    await second.heads.load()
    second.heads.forget('a')
    second.heads.note('d', head(4))
    await second.heads.flush()
    const third = await second.restart()
    expect([...(await third.heads.load()).keys()].toSorted()).toEqual(['c', 'd'])
  })

  test('nothing is written before it is time', async () => {
    const { heads, restart } = await open()
    heads.note('a', head(1))
    const { heads: again } = await restart()
    expect((await again.load()).size).toBe(0)
    await heads.flush()
  })
})
