import { expect, test } from 'vitest'
import { askingPeers } from '../../../../web/src/settings/asking-peers.ts'
import { completedOf, peerOf, projectOf } from '../../../fixtures/web-data.ts'

const stranger = (peerId: string, change: Parameters<typeof peerOf>[0] = {}) =>
  peerOf({ peerId, name: peerId, class: 'stranger', ...change })
const offer = (owner: string, title: string) => projectOf({ projectId: title, owner, own: false, title })

test('strangers with unfinished films ask, whether they were heard of or not', () => {
  const asking = askingPeers(
    [stranger('nas'), stranger('idle'), peerOf({ peerId: 'near' }), peerOf({ peerId: 'foe', class: 'banned' })],
    [
      offer('nas', 'a.mkv'),
      offer('nas', 'b.mkv'),
      offer('unheard', 'c.mkv'),
      offer('near', 'd.mkv'),
      offer('foe', 'e.mkv'),
      completedOf({ projectId: 'f', owner: 'idle', own: false })
    ]
  )
  expect(asking).toEqual([
    { peerId: 'nas', name: 'nas', offers: ['a.mkv', 'b.mkv'], slots: 0 },
    { peerId: 'unheard', name: '', offers: ['c.mkv'], slots: 0 }
  ])
})

test('strangers with slots ask while this node has something to encode', () => {
  const peers = [stranger('nas', { slots: 8 }), stranger('off', { connected: false }), stranger('none', { slots: 0 })]
  expect(askingPeers(peers, [])).toEqual([])
  expect(askingPeers(peers, [projectOf({ own: true })])).toEqual([{ peerId: 'nas', name: 'nas', offers: [], slots: 8 }])
})
