import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { blobPeer, CHUNK, idle, leavePart, put, refOf, type BlobPeer } from '../../fixtures/swarm-blobs.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { connect, testNode } from '../../fixtures/swarm-node.ts'

const DATA = randomBytes(3 * CHUNK + 7)
const REF = refOf(DATA)

/** An owner that is far from a worker, and a neighbour of the worker. Each notes to whom it has delivered. */
async function twoHomes() {
  const [far, home, next] = await Promise.all([testNode(), testNode(), testNode()])
  for (const node of [far, next]) await connect(home, node)
  const delivered: string[] = []
  const noting = (name: string) => ({ onDelivered: () => void delivered.push(name) })
  const owner = await blobPeer(far, noting('owner'))
  const neighbour = await blobPeer(next, noting('neighbour'))
  const near = new Set([neighbour.id])
  const worker = await blobPeer(home, {}, { isNear: (peer) => near.has(peer) })
  await put(owner, DATA)
  return { owner, neighbour, worker, near, delivered }
}

const fetchAt = async ({ exchange }: BlobPeer, sources: readonly string[], nearFirst = true): Promise<void> =>
  exchange.fetch(REF, sources, { signal: idle, nearFirst })

test('a neighbour that nobody named is asked before a far owner', async () => {
  const { owner, neighbour, worker, delivered } = await twoHomes()
  await put(neighbour, DATA)
  await fetchAt(worker, [owner.id])
  await eventually('a receipt', () => delivered.length > 0)
  expect(delivered).toEqual(['neighbour'])
})

test('so is one that the owner named after itself', async () => {
  const { owner, neighbour, worker, delivered } = await twoHomes()
  await put(neighbour, DATA)
  await fetchAt(worker, [owner.id, neighbour.id])
  await eventually('a receipt', () => delivered.length > 0)
  expect(delivered).toEqual(['neighbour'])
})

test.for([
  ['has nothing', async () => undefined],
  ['has only the beginning', async (peer: BlobPeer) => leavePart(peer, REF, DATA.subarray(0, CHUNK))],
  ['is gone', async (peer: BlobPeer) => peer.node.stop()]
] as const)('where the neighbour %s, the owner gives it', async ([, prepare]) => {
  const { owner, neighbour, worker, delivered } = await twoHomes()
  await prepare(neighbour)
  await fetchAt(worker, [owner.id, neighbour.id])
  expect(await worker.store.check(REF)).toBe(true)
  await eventually('a receipt', () => delivered.length > 0)
  expect(delivered).toEqual(['owner'])
})

test.for([
  ['an owner on the local network', true, true],
  ['a fetch that does not say so', false, false]
] as const)('%s is asked first', async ([, isOwnerNear, nearFirst]) => {
  const { owner, neighbour, worker, near, delivered } = await twoHomes()
  if (isOwnerNear) near.add(owner.id)
  await put(neighbour, DATA)
  await fetchAt(worker, [owner.id, neighbour.id], nearFirst)
  await eventually('a receipt', () => delivered.length > 0)
  expect(delivered).toEqual(['owner'])
})
