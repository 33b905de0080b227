import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { loadConfig } from '../../../src/node/config/index.ts'
import type { Config } from '../../../src/node/config/types.ts'
import { BLOB_PROTOCOL } from '../../../src/swarm/blob/blob-exchange.ts'
import { createRouting } from '../../../src/swarm/index.ts'
import { decodeBlobHeader, encodeBlobRequest, isTold, LIMITS, type Share } from '../../../src/swarm/protocol/index.ts'
import { createStreamIO } from '../../../src/swarm/stream-io.ts'
import { keepWarm, warmUp } from '../../e2e/warm.ts'
import { withDaemon } from '../../fixtures/data-folder-node.ts'
import { makeBase, tempFolder } from '../../fixtures/encode-clips.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { AUDIENCES, type Learned, type Looker, SHOWN, SHOWN_TITLE } from '../../fixtures/shown.ts'
import { connect, silent } from '../../fixtures/swarm-node.ts'
import { subscribed, swarmPeer, type SwarmPeer } from '../../fixtures/swarm-peer.ts'

let folder: Awaited<ReturnType<typeof tempFolder>>
let config: Config

beforeAll(async () => {
  folder = await tempFolder()
  const empty = join(folder.path, 'empty.toml')
  await writeFile(empty, '')
  const env = { GRAV1_CONFIG: empty, GRAV1_DATA_DIR: join(folder.path, 'data') }
  const flags = { workers: '1', apiPort: '0', logLevel: 'silent', trustLocal: 'false' }
  const loaded = await loadConfig({ flags, env, cwd: folder.path })
  config = { ...loaded, listen: ['/ip4/127.0.0.1/tcp/0'], mdns: false, nice: 0 }
  await warmUp(config.dataDir)
})
afterAll(async () => {
  await keepWarm(config.dataDir)
  await folder.remove()
})

/** What a node answers to one who asks for a blob. */
async function servedTo({ node }: SwarmPeer, peerId: string, sha256: string): Promise<string> {
  const io = createStreamIO(await node.dialProtocol(peerIdFromString(peerId), BLOB_PROTOCOL))
  await io.writeFrame(encodeBlobRequest({ sha256, offset: 0, probe: true }))
  const frame = await io.readFrame(LIMITS.blobHeaderBytesMax)
  io.abort(new Error('answered'))
  return frame === undefined ? 'nothing' : decodeBlobHeader(frame).status
}

async function providersFor({ node }: SwarmPeer, projectId: string): Promise<string[]> {
  const routing = createRouting({ node, log: silent })
  onTestFinished(() => routing.stop())
  const found: string[] = []
  for await (const peer of routing.findProviders(projectId, { signal: AbortSignal.timeout(60_000) })) found.push(peer)
  return found
}

/** A film from its submission to its end, with a film of the friend for which the node is idle. */
async function learnedOf(share: Share): Promise<Readonly<Record<Looker, Learned>>> {
  const known = new Set<string>()
  const [friend, guest, stranger] = await Promise.all([
    swarmPeer({ toldTo: (peer) => (view) => isTold(peer, view, () => known.has(peer)) }),
    swarmPeer(),
    swarmPeer()
  ])
  known.add(guest.id)
  await Promise.all([connect(guest.node, friend.node), connect(stranger.node, friend.node)])
  return withDaemon({ ...config, share }, async (client, { peerId, addresses }) => {
    known.add(peerId)
    await client.decide(friend.id, 'trusted')
    for (const { node } of [friend, stranger]) await node.dial(addresses.map((one) => multiaddr(one)))
    await Promise.all([subscribed(friend, 3), subscribed(stranger, 2)])

    // While it is paused, pieces stay and the film is not finished.
    await client.changeNode({ paused: true })
    const { projectId } = await client.submit({
      input: await makeBase(folder.path),
      output: join(folder.path, `${share}.mkv`),
      encoder: 'aom',
      // Otherwise the scenes of the first film would be used again.
      encoderParams: `--cpu-used=8 --end-usage=q --cq-level=${share === 'all' ? 50 : 52}`,
      range: '0f-40f',
      zones: [{ start: 20, end: 40, params: '--cq-level=55' }]
    })
    expect((await client.project(projectId)).title).toBe(SHOWN_TITLE)
    const viewOf = ({ book }: SwarmPeer) => book.views.get(projectId)
    await eventually(
      'the friend knows all scenes, and how far they are',
      () => viewOf(friend)?.planned != null && friend.book.beats.has(projectId)
    )
    // Beats are not passed on after the end.
    const pullAll = async ({ sync }: SwarmPeer): Promise<number> =>
      sync.pullAll({ signal: AbortSignal.timeout(60_000) })
    expect(await Promise.all([guest, stranger].map(pullAll))).toEqual([1, 2])
    const piece = viewOf(friend)?.scenes[0]?.plan.piece.sha256 ?? ''
    const before = new Map<SwarmPeer, Pick<NonNullable<Learned['asked']>, 'providers'> & { piece: string }>()
    for (const peer of [friend, stranger]) {
      let providers: string[] = []
      await eventually('the note of the owner', async () => {
        providers = await providersFor(peer, projectId)
        return providers.length > 0
      })
      before.set(peer, { piece: await servedTo(peer, peerId, piece), providers })
    }

    await client.changeNode({ paused: false })
    await eventually('the film is finished', async () => (await client.project(projectId)).state === 'completed')
    await eventually('the friend knows that', () => viewOf(friend)?.end != null)
    const scene = viewOf(friend)?.scenes[0]?.accepted?.result.sha256 ?? ''
    const film = viewOf(friend)?.end?.outputSha256 ?? ''

    const [encoderBuild = ''] = (await client.node()).encoders.filter((build) => build.startsWith('aom/'))
    const other = await friend.announce({ share, encoderBuild, encoderParams: '--no-such-flag=1' })
    if (share === 'all') await friend.gossip.publish('log', other.envelope)
    else friend.sync.tell(peerId)
    const idleOf = ({ introduced }: SwarmPeer) =>
      introduced.get(peerId)?.idle.find((one) => one.projectId === other.projectId)
    const learned = async (peer: SwarmPeer): Promise<Learned> => {
      await eventually('the owner says why it is idle', () => idleOf(peer) !== undefined)
      await pullAll(peer)
      const earlier = before.get(peer)
      const served = earlier && {
        piece: earlier.piece,
        scene: await servedTo(peer, peerId, scene),
        film: await servedTo(peer, peerId, film)
      }
      return {
        view: viewOf(peer),
        beat: peer.book.beats.get(projectId),
        owner: peer.introduced.get(peerId),
        idle: idleOf(peer),
        asked: earlier && served && { served, providers: earlier.providers }
      }
    }
    const [ofFriend, ofGuest, ofStranger] = await Promise.all([learned(friend), learned(guest), learned(stranger)])
    return { friend: ofFriend, guest: ofGuest, stranger: ofStranger }
  })
}

test.for(['all', 'trusted'] as const)(
  'of a film for %s, each peer learns what docs/swarm.md says, and nothing else',
  async (share) => {
    const learned = Object.entries(await learnedOf(share)) as [Looker, Learned][]
    const whoLearns = SHOWN.map((row) => {
      const audience: readonly Looker[] = AUDIENCES[row[share]]
      const answers = learned.map(([who, one]) => ({ who, learns: row.isLearned(one), should: audience.includes(who) }))
      return { what: row.what, answers: answers.filter(({ learns }) => learns !== undefined) }
    })
    const asDocumented = whoLearns.map(({ what, answers }) => ({
      what,
      answers: answers.map((answer) => ({ ...answer, learns: answer.should }))
    }))
    expect(whoLearns).toEqual(asDocumented)
  }
)
