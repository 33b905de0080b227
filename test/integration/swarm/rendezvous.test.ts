import { expect, onTestFinished, test } from 'vitest'
import { createRendezvous, type RendezvousComponents } from '../../../src/node/peers/rendezvous.ts'
import { createDialLoop, createRouting } from '../../../src/swarm/index.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { PROJECT } from '../../fixtures/protocol-samples.ts'
import { connect, dhtNode, silent } from '../../fixtures/swarm-node.ts'

type Views = RendezvousComponents['book']['views']

/** A node that knows one running project of an owner. */
const bookWith = (owner: string): { readonly views: Views } => ({
  views: new Map([[PROJECT, { projectId: PROJECT, owner, end: undefined }]]) as unknown as Views
})

test('an owner is met through the DHT, over neighbours that are not its own', async () => {
  const [owner, middle, neighbour, worker] = await Promise.all([dhtNode(), dhtNode(), dhtNode(), dhtNode()])
  const routings = [owner, worker].map((node) => createRouting({ node, log: silent }, { retryMs: 50 }))
  for (const routing of routings) routing.start()
  onTestFinished(() => routings.forEach((routing) => routing.stop()))
  routings[0]?.provide(PROJECT)
  await connect(owner, middle)
  await connect(middle, neighbour)
  await connect(worker, neighbour)
  const dialLoop = createDialLoop({ node: worker, log: silent }, { bootstrap: [] })
  dialLoop.start()
  onTestFinished(() => dialLoop.stop())
  const id = owner.peerId.toString()
  const routing = routings[1]
  if (routing == null) throw new Error('no routing')
  await eventually('the DHT names the owner', async () => {
    for await (const peer of routing.findProviders(PROJECT, { signal: AbortSignal.timeout(60_000) }))
      if (peer === id) return true
    return false
  })
  const rendezvous = createRendezvous({ dialLoop, routing, book: bookWith(id), log: silent })
  onTestFinished(() => rendezvous.stop())
  rendezvous.seek(id)
  await eventually('they are connected', () => worker.getConnections(owner.peerId).length > 0)
})

test('whoever is named is dialled; an owner is asked for once a minute, one without a running project never', async () => {
  const wanted: string[] = []
  const asked: string[] = []
  const rendezvous = createRendezvous({
    dialLoop: { want: (peer) => wanted.push(peer) },
    routing: {
      findProviders: async function* (projectId) {
        asked.push(projectId)
        yield 'a provider'
      }
    },
    book: bookWith('owner'),
    log: silent
  })
  rendezvous.seek('owner')
  rendezvous.seek('owner')
  rendezvous.seek('somebody')
  await eventually('the provider is dialled', () => wanted.includes('a provider'))
  expect(asked).toEqual([PROJECT])
  expect(wanted).toEqual(['owner', 'owner', 'somebody', 'a provider'])
  rendezvous.stop()
  rendezvous.seek('owner')
  expect(wanted).toHaveLength(4)
})
