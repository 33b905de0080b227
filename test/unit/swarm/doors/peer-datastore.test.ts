import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { MemoryDatastore } from 'datastore-core'
import { Key } from 'interface-datastore'
import { expect, test } from 'vitest'
import { createPeerDatastore, type PeerDatastore } from '../../../../src/swarm/doors/peer-datastore.ts'

const LIMITS = { peersMax: 3, peerBytesMax: 10, notesPerPeerMax: 2, notesMax: 4, noteBytesMax: 100, flushMs: 60_000 }
const failed: unknown[] = []
const on = (disk: MemoryDatastore): PeerDatastore =>
  createPeerDatastore({ disk, onError: (error) => void failed.push(error) }, { limits: LIMITS })
const value = (text: string): Uint8Array => new TextEncoder().encode(text)
const note = (subject: number, provider: string): Key => new Key(`/dht/provider/subject${subject}/${provider}`)

async function keys(store: Pick<PeerDatastore, 'queryKeys'>, prefix = ''): Promise<string[]> {
  const found: string[] = []
  for await (const key of store.queryKeys({ prefix })) found.push(key.toString())
  return found
}

test('keeps so many peers, connected ones to the last, and none that says too much of itself', async () => {
  const kept = on(new MemoryDatastore())
  const peer = peerIdFromPrivateKey(await generateKeyPair('Ed25519'))
  const connected = new Key(`/peers/${peer.toCID().toString()}`)
  kept.connected.add(peer)
  await kept.put(connected, value('here'))
  for (const name of ['a', 'b', 'c', 'd']) await kept.put(new Key(`/peers/${name}`), value(name))
  await kept.put(new Key('/peers/large'), value('more than ten bytes'))
  expect(await keys(kept)).toEqual([connected.toString(), '/peers/c', '/peers/d'])
  kept.connected.delete(peer)
  await kept.put(new Key('/peers/e'), value('e'))
  expect(await keys(kept)).toEqual(['/peers/c', '/peers/d', '/peers/e'])
})

test('keeps so many notes of one peer and in all, and finds those about one project', async () => {
  const kept = on(new MemoryDatastore())
  await kept.put(note(1, 'honest'), value('1'))
  for (const subject of [1, 2, 3, 4]) await kept.put(note(subject, 'greedy'), value('1'))
  expect(await keys(kept, '/dht/provider')).toEqual(
    [note(1, 'honest'), note(3, 'greedy'), note(4, 'greedy')].map(String)
  )
  await kept.put(note(1, 'other'), value('1'))
  expect(await keys(kept, '/dht/provider/subject1')).toEqual([note(1, 'honest'), note(1, 'other')].map(String))
  await kept.delete(note(1, 'other'))
  expect(await keys(kept, '/dht/provider/subject1')).toEqual([note(1, 'honest').toString()])
})

test.for(['/dht/record/value', '/else', `/dht/provider/${'x'.repeat(200)}/peer`])(
  'keeps nothing under %s',
  async (key) => {
    const kept = on(new MemoryDatastore())
    await kept.put(new Key(key), value('1'))
    expect(await kept.has(new Key(key))).toBe(false)
    expect(() => kept.get(new Key(key))).toThrow('nothing is kept')
  }
)

test('writes nothing at once, everything when it stops, and has it again after a start', async () => {
  const disk = new MemoryDatastore()
  const first = on(disk)
  await first.beforeStart?.()
  await first.put(new Key('/peers/a'), value('old'))
  await first.put(new Key('/peers/a'), value('new'))
  await first.put(note(1, 'a'), value('1'))
  expect(await keys(disk)).toEqual([])
  await first.afterStop?.()
  await disk.put(new Key('/dht/record/old'), value('of an earlier version'))

  const second = on(disk)
  await second.beforeStart?.()
  expect(await second.get(new Key('/peers/a'))).toEqual(value('new'))
  await second.delete(note(1, 'a'))
  await second.flush()
  expect(await keys(disk)).toEqual(['/peers/a'])
  expect(failed).toEqual([])
})

test('what could not be written is tried again', async () => {
  const disk = new MemoryDatastore()
  const kept = on(disk)
  await kept.put(new Key('/peers/a'), value('a'))
  const put = disk.put.bind(disk)
  disk.put = () => {
    throw new Error('the disk is full')
  }
  await expect(kept.flush()).rejects.toThrow('full')
  disk.put = put
  await kept.flush()
  expect(await keys(disk)).toEqual(['/peers/a'])
})
