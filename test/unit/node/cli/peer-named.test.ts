import { expect, test } from 'vitest'
import { peerNamed } from '../../../../src/node/cli/commands/peer-named.ts'
import { OWNER, WORKER } from '../../../fixtures/protocol-samples.ts'

test('of several peers with one name none is taken, and all are named with their ids', () => {
  const peers = [
    { peerId: OWNER, name: 'nas' },
    { peerId: WORKER, name: 'nas' }
  ]
  const said = expect.stringMatching(`"nas" matches several peers: nas \\(${OWNER}\\), nas \\(${WORKER}\\)`) as string
  expect(() => peerNamed(peers, 'nas')).toThrow(expect.objectContaining({ code: 'usage', message: said }))
  expect(peerNamed(peers, WORKER)).toBe(peers[1])
})

test('a peer without a name is not meant by an empty one', () => {
  expect(() => peerNamed([{ peerId: WORKER, name: '' }], '')).toThrow('There is no peer')
})
