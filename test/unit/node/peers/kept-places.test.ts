import { expect, test } from 'vitest'
import { createKeptPlaces } from '../../../../src/node/peers/kept-places.ts'
import { OWNER, WORKER } from '../../../fixtures/protocol-samples.ts'
import type { LogChange } from '../../../../src/swarm/index.ts'

/** A book that says what it is told to. */
function book() {
  let tell: (change: LogChange) => void = () => {}
  return {
    onRecord: (listener: (change: LogChange) => void) => {
      tell = listener
      return () => {}
    },
    accepted: (owner: string, worker: string) =>
      tell({ view: { owner }, record: { body: { type: 'accept', accept: { worker } } } } as unknown as LogChange)
  }
}

test('a place is kept for peers that the user named, and for workers whose scene was accepted here', () => {
  const places = createKeptPlaces(
    { of: (peer) => (peer === 'friend' ? 'trusted' : undefined) },
    { trust: ['named'], bootstrap: [`/ip4/1.2.3.4/tcp/1/p2p/${OWNER}`, '/ip4/1.2.3.4/tcp/1'] }
  )
  const log = book()
  places.follow(log, 'self')
  log.accepted('self', WORKER)
  log.accepted('somebody else', 'stranger')
  const asked = ['friend', 'named', OWNER, WORKER, 'stranger', 'nobody']
  expect(asked.filter(places.has)).toEqual(['friend', 'named', OWNER, WORKER])
})

test('it remembers the latest thousand workers', () => {
  const places = createKeptPlaces({ of: () => undefined }, { trust: [], bootstrap: [] })
  const log = book()
  places.follow(log, 'self')
  for (let number = 0; number <= 1000; number += 1) log.accepted('self', `worker ${number}`)
  expect([places.has('worker 0'), places.has('worker 1'), places.has('worker 1000')]).toEqual([false, true, true])
})
