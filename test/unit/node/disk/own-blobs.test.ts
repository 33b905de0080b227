import { expect, test } from 'vitest'
import { createOwnBlobs, type OwnBlobs } from '../../../../src/node/disk/own-blobs.ts'
import { KEPT_MS } from '../../../../src/node/disk/kept-results.ts'
import { foldRecord, type LogBody, type ProjectView } from '../../../../src/swarm/protocol/index.ts'
import {
  acceptBody,
  announceBody,
  chainOf,
  endBody,
  plannedBody,
  scenesBody
} from '../../../fixtures/protocol-chains.ts'
import { OWNER, planNo, WORKER } from '../../../fixtures/protocol-samples.ts'
import type { LogChange } from '../../../../src/swarm/index.ts'

interface Bench {
  readonly own: OwnBlobs
  /** Of each blob that is held, how often. */
  readonly held: Map<string, number>
  readonly dropped: string[]
  /** Each body as the next record. */
  readonly write: (...bodies: LogBody[]) => void
}

function bench(before: readonly LogBody[] = [], self = OWNER): Bench {
  const held = new Map<string, number>()
  const dropped: string[] = []
  const hold = (sha256: string) => {
    held.set(sha256, (held.get(sha256) ?? 0) + 1)
    const end = (): void => {
      const left = (held.get(sha256) ?? 0) - 1
      if (left === 0) held.delete(sha256)
      else held.set(sha256, left)
    }
    return {
      release: end,
      drop: async () => {
        end()
        dropped.push(sha256)
      }
    }
  }
  let chain = chainOf([announceBody, ...before])
  let view = chain.reduce<ProjectView | undefined>((folded, signed) => foldRecord(folded, signed), undefined)
  const views = new Map(view == null ? [] : [[view.projectId, view]])
  let listener: (change: LogChange) => void = () => {}
  const onRecord = (next: (change: LogChange) => void) => {
    listener = next
    return () => {}
  }
  const own = createOwnBlobs({ book: { views, onRecord }, blobs: { hold }, peerId: self })
  return {
    own,
    held,
    dropped,
    write: (...bodies) => {
      for (const body of bodies) {
        const after = chain.at(-1)
        const next = chainOf([body], after == null ? {} : { after })
        chain = [...chain, ...next]
        const signed = next[0]!
        view = foldRecord(view, signed)
        views.set(view.projectId, view)
        listener({ view, record: signed.record, envelope: new Uint8Array(), own: true, proof: undefined })
      }
    }
  }
}

const plans = [planNo(0, 0, 10), planNo(1, 10, 10)]
const pieceOf = (scene: number): string => plans[scene]!.piece.sha256
const resultOf = (scene: number): string => {
  const body = acceptBody(scene)
  return body.type === 'accept' ? body.accept.result.sha256 : ''
}

test('a piece is held until its scene is done, the result from then on', () => {
  const { held, dropped, write } = bench()
  write(scenesBody(...plans))
  expect([...held.keys()].toSorted()).toEqual([pieceOf(0), pieceOf(1)].toSorted())
  write(plannedBody(2, 20), acceptBody(1))
  expect([...held.keys()].toSorted()).toEqual([pieceOf(0), resultOf(1)].toSorted())
  expect(dropped).toEqual([pieceOf(1)])
})

test('what is taken back is given back, and its piece is held again', () => {
  const { held, dropped, write } = bench()
  write(scenesBody(...plans), plannedBody(2, 20), acceptBody(0), acceptBody(1))
  write({ type: 'withdraw', withdraw: { worker: WORKER, reason: '' } })
  expect([...held.keys()].toSorted()).toEqual([pieceOf(0), pieceOf(1)].toSorted())
  expect(dropped).toEqual(expect.arrayContaining([resultOf(0), resultOf(1)]))
  write(acceptBody(0))
  expect([...held.keys()].toSorted()).toEqual([resultOf(0), pieceOf(1)].toSorted())
})

test('a piece that two scenes share goes with the second', () => {
  const shared = [plans[0]!, { ...plans[1]!, piece: plans[0]!.piece }]
  const { held, write } = bench()
  write(scenesBody(...shared), plannedBody(2, 20), acceptBody(0))
  expect(held.get(pieceOf(0))).toBe(1)
  write(acceptBody(1))
  expect(held.has(pieceOf(0))).toBe(false)
})

test.for(['failed', 'cancelled', 'completed'] as const)('a project that is %s keeps what was encoded', (state) => {
  const { held, own, write } = bench()
  write(scenesBody(...plans), plannedBody(2, 20), acceptBody(0))
  if (state === 'completed') write(acceptBody(1))
  write(endBody(state))
  const results = state === 'completed' ? [resultOf(0), resultOf(1)] : [resultOf(0)]
  expect([...held.keys()].toSorted()).toEqual(results.toSorted())
  own.sweep(1 + KEPT_MS)
  expect(held.size).toBe(results.length)
  own.sweep(2 + KEPT_MS)
  expect(held.size).toBe(state === 'completed' ? 2 : 0)
})

test('a removal gives everything back, also of a project that had ended', () => {
  const { held, write } = bench([scenesBody(...plans), plannedBody(2, 20), acceptBody(0)])
  expect([...held.keys()].toSorted()).toEqual([pieceOf(1), resultOf(0)].toSorted())
  write(endBody('failed'), endBody('removed'))
  expect(held.size).toBe(0)
})

test('results of a project that had ended before are held once it is taken up', async () => {
  const { held, own, write } = bench([scenesBody(...plans), plannedBody(2, 20), acceptBody(0), endBody('failed')])
  expect(held.size).toBe(0)
  await own.takeUpEnded()
  await own.takeUpEnded()
  expect([...held]).toEqual([[resultOf(0), 1]])
  write(endBody('removed'))
  expect(held.size).toBe(0)
})

test('a project that ends before the others are taken up is not held twice', async () => {
  const { held, own, write } = bench([scenesBody(...plans), plannedBody(2, 20), acceptBody(0)])
  write(endBody('failed'))
  await own.takeUpEnded()
  expect([...held]).toEqual([[resultOf(0), 1]])
})

test('projects of others hold nothing', () => {
  const { held, write } = bench([scenesBody(...plans)], WORKER)
  write(plannedBody(2, 20), acceptBody(0))
  expect(held.size).toBe(0)
})
