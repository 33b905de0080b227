import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { probe } from '../../../src/swarm/blob/ask-peer.ts'
import { encodeBlobHeader } from '../../../src/swarm/protocol/index.ts'
import {
  blobPeer,
  CHUNK,
  codeOf,
  idle,
  leavePart,
  liar,
  okHeader,
  put,
  refOf,
  refusal,
  type BlobPeer
} from '../../fixtures/swarm-blobs.ts'
import { connect, testNode } from '../../fixtures/swarm-node.ts'
import type { BlobExchangeInit } from '../../../src/swarm/blob/blob-exchange.ts'
import type { SwarmNode } from '../../../src/swarm/index.ts'
import type { StreamIO } from '../../../src/swarm/stream-io.ts'

const data = randomBytes(4 * CHUNK + 11)
const ref = refOf(data)
/** Of one that breaks off and has no more to give. */
const FRUITLESS_TRIES = 5
const bytesUp = (chunks: number): number => chunks * CHUNK

/** A receiver, and other nodes that it is connected to. */
async function around(others: number, init: BlobExchangeInit = {}): Promise<[BlobPeer, ...SwarmNode[]]> {
  const nodes = await Promise.all(Array.from({ length: others + 1 }, async () => testNode()))
  const [first, ...rest] = nodes as [SwarmNode, ...SwarmNode[]]
  for (const node of rest) await connect(first, node)
  return [await blobPeer(first, init), ...rest]
}

interface Asked {
  readonly id: string
  /** Offsets of what was asked for; -1 for a probe. */
  readonly offsets: number[]
}

/** A peer that notes what it is asked for. */
async function source(
  node: SwarmNode | undefined,
  answer: (io: StreamIO, offset: number) => Promise<void>
): Promise<Asked> {
  if (node == null) throw new Error('no such node')
  const offsets: number[] = []
  const id = await liar(node, async (io, { offset, probe }) => {
    offsets.push(probe ? -1 : offset)
    if (!probe) return answer(io, offset)
    await io.writeFrame(encodeBlobHeader({ status: 'ok', bytes: ref.bytes, chunkHashes: new Uint8Array() }))
    await io.end()
  })
  return { id, offsets }
}

const sends =
  (blob: Buffer, until = blob.byteLength) =>
  async (io: StreamIO, offset: number): Promise<void> => {
    await io.writeFrame(okHeader(blob))
    if (until > offset) await io.write(blob.subarray(offset, until))
    await io.end()
  }

const says =
  (status: 'not-found' | 'busy') =>
  async (io: StreamIO): Promise<void> => {
    await io.writeFrame(refusal(status))
    await io.end()
  }

describe('the next source is asked when one', () => {
  test.for([
    ['does not have it', says('not-found'), 0],
    ['has too much to do', says('busy'), 0],
    ['answers with garbage', async (io: StreamIO) => io.writeFrame(Uint8Array.of(255, 255)), 0],
    ['stands still', async (io: StreamIO) => io.writeFrame(okHeader(data)), 0],
    ['breaks off after two chunks and a half, again and again', sends(data, bytesUp(2) + 5), bytesUp(2) + 5],
    [
      'sends a wrong third chunk',
      async (io: StreamIO) => {
        await io.writeFrame(okHeader(data))
        await io.write(Buffer.concat([data.subarray(0, bytesUp(2)), randomBytes(CHUNK)]))
      },
      bytesUp(2)
    ]
  ] as const)('%s, and goes on where that one was', async ([how, answer, offset]) => {
    // Only one of them waits for it; on a busy machine the good source is not faster than a short one.
    const [receiver, a, b] = await around(2, how === 'stands still' ? { stallMs: 1_500 } : {})
    const first = await source(a, answer)
    const second = await source(b, sends(data))
    await receiver.exchange.fetch(ref, [first.id, second.id], { signal: idle })
    expect(await receiver.store.check(ref)).toBe(true)
    expect(first.offsets).toEqual(first.offsets.map((_, index) => (index === 0 ? 0 : offset)))
    // Where it stands still for so long, the machine did, and it goes on by itself.
    expect(second.offsets[0]).toBe(offset)
  })

  test('cannot be reached', async () => {
    const [receiver, a, b] = await around(2)
    await a?.stop()
    const second = await source(b, sends(data))
    await receiver.exchange.fetch(ref, [String(a?.peerId), second.id], { signal: idle })
    expect(await receiver.store.check(ref)).toBe(true)
  })
})

test('doubles and this node itself are not asked', async () => {
  const [receiver, a] = await around(1)
  const only = await source(a, says('not-found'))
  const sources = [receiver.id, only.id, receiver.id, only.id]
  expect(await codeOf(receiver.exchange.fetch(ref, sources, { signal: idle }))).toBe('not-found')
  expect(only.offsets).toEqual([0])
})

test('one that had too much to do is asked again after the others', async () => {
  const [receiver, a, b] = await around(2)
  const order: string[] = []
  const busy = await source(a, async (io, offset) => {
    order.push('busy')
    await (order.length < 4 ? says('busy')(io) : sends(data)(io, offset))
  })
  const empty = await source(b, async (io) => {
    order.push('empty')
    await says('not-found')(io)
  })
  await receiver.exchange.fetch(ref, [busy.id, empty.id], { signal: idle })
  expect(order).toEqual(['busy', 'empty', 'busy', 'busy'])
  expect(await receiver.store.check(ref)).toBe(true)
})

test('of several failures the one that says most is told', async () => {
  const [receiver, a, b, c] = await around(3, { stallMs: 1_500 })
  const gone = await testNode()
  const unreachable = gone.peerId.toString()
  await gone.stop()
  const empty = (await source(a, says('not-found'))).id
  const busy = (await source(b, says('busy'))).id
  const lying = (await source(c, sends(randomBytes(ref.bytes)))).id
  const fetch = async (...sources: string[]): Promise<string> =>
    codeOf(receiver.exchange.fetch(ref, sources, { signal: idle }))
  // All neighbours are named, so that none is asked beyond them.
  expect(await fetch(empty, busy, lying, unreachable)).toBe('wrong-bytes')
  expect(await receiver.store.size(ref.sha256)).toBeUndefined()
})

describe('who lied', () => {
  const other = randomBytes(ref.bytes)

  test('one whose chunks fit its own hashes, but not the name, is left for the next', async () => {
    const [receiver, a, b] = await around(2)
    const lying = await source(a, sends(other))
    const honest = await source(b, sends(data))
    await receiver.exchange.fetch(ref, [lying.id, honest.id, lying.id], { signal: idle })
    expect(await receiver.store.check(ref)).toBe(true)
    expect(lying.offsets).toEqual([0])
    expect(honest.offsets).toEqual([0])
  })

  test('one that poisons the beginning and breaks off does not make the honest one look guilty', async () => {
    const [receiver, a, b] = await around(2)
    const lying = await source(a, sends(other, bytesUp(3)))
    const honest = await source(b, sends(data))
    await receiver.exchange.fetch(ref, [lying.id, honest.id], { signal: idle })
    expect(await receiver.store.check(ref)).toBe(true)
    expect([...new Set(lying.offsets)]).toEqual([0, bytesUp(3)])
    // Once to complete what was there, once alone.
    expect(honest.offsets).toEqual([bytesUp(3), 0])
  })

  test('the wrong half of a chunk is thrown away, and only that', async () => {
    const [receiver, a, b] = await around(2)
    const half = bytesUp(1) + CHUNK / 2
    const poisoned = Buffer.concat([data.subarray(0, bytesUp(1)), other.subarray(bytesUp(1))])
    const lying = await source(a, async (io, offset) => {
      await io.writeFrame(okHeader(data))
      await io.write(poisoned.subarray(offset, half))
      await io.end()
    })
    const honest = await source(b, sends(data))
    await receiver.exchange.fetch(ref, [lying.id, honest.id], { signal: idle })
    expect(await receiver.store.check(ref)).toBe(true)
    expect(lying.offsets[0]).toBe(0)
    expect(honest.offsets).toEqual([half, bytesUp(1)])
  })

  test('who completes its own half to a wrong chunk has lied', async () => {
    const [receiver, a, b] = await around(2)
    const lying = await source(a, async (io, offset) => {
      await io.writeFrame(okHeader(data))
      await io.write(other.subarray(offset, offset === 0 ? CHUNK / 2 : CHUNK))
      await io.end()
    })
    const honest = await source(b, sends(data))
    await receiver.exchange.fetch(ref, [lying.id, honest.id, lying.id], { signal: idle })
    expect(await receiver.store.check(ref)).toBe(true)
    expect(lying.offsets).toEqual([0, CHUNK / 2])
    expect(honest.offsets).toEqual([0])
  })

  test('one that is taken alone may break off: what it gave is its own', async () => {
    const [receiver, a, b] = await around(2)
    const lying = await source(a, sends(other, bytesUp(3)))
    const honest = await source(b, async (io, offset) => sends(data, offset + CHUNK + 9)(io, offset))
    await receiver.exchange.fetch(ref, [lying.id, honest.id], { signal: idle })
    expect(await receiver.store.check(ref)).toBe(true)
    const step = CHUNK + 9
    expect(honest.offsets).toEqual([bytesUp(3), bytesUp(3) + step, 0, step, 2 * step, 3 * step])
  })

  test('an honest one that broke off is asked again when the one who went on turns out to lie', async () => {
    const [receiver, a, b] = await around(2)
    const honest = await source(a, async (io, offset) =>
      offset > 0 || honest.offsets.length === 1 ? sends(data, bytesUp(2))(io, offset) : sends(data)(io, offset)
    )
    const lying = await source(b, sends(other))
    await receiver.exchange.fetch(ref, [honest.id, lying.id], { signal: idle })
    expect(await receiver.store.check(ref)).toBe(true)
    expect(lying.offsets).toEqual([bytesUp(2), 0])
    expect(honest.offsets.filter((offset) => offset === 0)).toHaveLength(2)
  })

  test('one that is taken alone and breaks off leaves nothing for the next', async () => {
    const [receiver, a, b, c] = await around(3)
    const first = await source(a, sends(other, bytesUp(1)))
    const second = await source(b, async (io, offset) =>
      sends(other, offset === 0 ? bytesUp(2) : ref.bytes)(io, offset)
    )
    const honest = await source(c, sends(data))
    await receiver.exchange.fetch(ref, [first.id, second.id, honest.id], { signal: idle })
    expect(await receiver.store.check(ref)).toBe(true)
    expect(second.offsets.filter((offset) => offset < bytesUp(2))).toEqual([bytesUp(1), 0])
    expect(honest.offsets).toEqual([0])
  })

  test('any number of liars costs at most two transfers of each byte', async () => {
    const [receiver, a, b, c, d] = await around(4)
    const lying = await Promise.all(
      [a, b, c].map(async (node, index) => source(node, sends(randomBytes(ref.bytes), bytesUp(index + 2))))
    )
    const honest = await source(d, sends(data))
    const sources = [...lying.map(({ id }) => id), honest.id]
    await receiver.exchange.fetch(ref, sources, { signal: idle })
    expect(await receiver.store.check(ref)).toBe(true)
    expect(honest.offsets.length).toBeLessThanOrEqual(2)
    for (const { offsets } of lying) expect(offsets.length).toBeLessThanOrEqual(2 * FRUITLESS_TRIES)
  })

  test('a poisoned beginning of before is not put on the only source', async () => {
    const [receiver, a] = await around(1)
    await leavePart(receiver, ref, other.subarray(0, bytesUp(3)))
    const honest = await source(a, sends(data))
    await receiver.exchange.fetch(ref, [honest.id], { signal: idle })
    expect(await receiver.store.check(ref)).toBe(true)
    expect(honest.offsets).toEqual([bytesUp(3), 0])
  })
})

describe('when all that were named fail', () => {
  test('neighbours are asked whether they hold it; one that does is used', async () => {
    const [receiver, ...others] = await around(12)
    const holder = others.pop()
    if (holder == null) throw new Error('no holder')
    const neighbours = await Promise.all(others.map(async (node) => blobPeer(node)))
    await put(await blobPeer(holder), data)
    await receiver.exchange.fetch(ref, [String(neighbours[0]?.id)], { signal: idle })
    expect(await receiver.store.check(ref)).toBe(true)
  })

  test('one that says so and lies is left for the next', async () => {
    const [receiver, a, b] = await around(2)
    const lying = await source(a, sends(randomBytes(ref.bytes)))
    const honest = await source(b, sends(data))
    await receiver.exchange.fetch(ref, [], { signal: idle })
    expect(await receiver.store.check(ref)).toBe(true)
    expect(honest.offsets).toContain(0)
    expect(lying.offsets.filter((offset) => offset >= 0).length).toBeLessThanOrEqual(1)
  })

  test('at most eight are asked at once', async () => {
    const [receiver, ...others] = await around(12)
    let open = 0
    let most = 0
    const answers: (() => void)[] = []
    for (const node of others)
      await liar(node, async (io) => {
        open += 1
        most = Math.max(most, open)
        // All that may be asked at once are asked before the first of them answers.
        await new Promise<void>((resolve) => {
          answers.push(resolve)
          if (answers.length === 8 || answers.length > others.length - 4) for (const go of answers) go()
        })
        open -= 1
        await says('not-found')(io)
      })
    expect(await codeOf(receiver.exchange.fetch(ref, [], { signal: idle }))).toBe('not-found')
    expect(answers).toHaveLength(12)
    expect(most).toBe(8)
  })

  test('a probe gets no chunk hashes and no bytes', async () => {
    const [receiver, a] = await around(1)
    if (a == null) throw new Error('no node')
    const holder = await blobPeer(a)
    await put(holder, data)
    await probe(receiver.node, ref, holder.id, idle)
    await expect(probe(receiver.node, { ...ref, bytes: 9 }, holder.id, idle)).rejects.toThrow('not 9')
    await expect(probe(receiver.node, refOf(randomBytes(9)), holder.id, idle)).rejects.toThrow('not-found')
  })
})
