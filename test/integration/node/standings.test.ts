import { writeFile } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import type { NodeClient } from '../../../src/node/cli/client.ts'
import { loadConfig } from '../../../src/node/config/index.ts'
import type { Config, Daemon } from '../../../src/node/config/types.ts'
import { chooseSandbox } from '../../../src/platform/index.ts'
import { createSessions } from '../../../src/swarm/index.ts'
import {
  decodeBlobHeader,
  encodeBlobRequest,
  encodeClaim,
  encodeNodeInfo,
  isTold,
  LIMITS,
  type ProjectView,
  type SessionMessage
} from '../../../src/swarm/protocol/index.ts'
import { BLOB_PROTOCOL } from '../../../src/swarm/blob/blob-exchange.ts'
import { createStreamIO } from '../../../src/swarm/stream-io.ts'
import { keepWarm, warmUp } from '../../e2e/warm.ts'
import { runGrav1, withDaemon } from '../../fixtures/data-folder-node.ts'
import { makeBase, tempFolder } from '../../fixtures/encode-clips.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { connect, silent } from '../../fixtures/swarm-node.ts'
import { subscribed, swarmPeer, type SwarmPeer, type SwarmPeerInit } from '../../fixtures/swarm-peer.ts'
import type { PeerStatus } from '../../../src/api/schemas/index.ts'

/** A real node that trusts nobody near, and peers that speak its protocols. */
let folder: Awaited<ReturnType<typeof tempFolder>>
let config: Config
let env: Record<string, string>

const withNode = async <Result>(task: (client: NodeClient, daemon: Daemon) => Promise<Result>): Promise<Result> =>
  withDaemon(config, task)

const grav1 = async (...argv: readonly string[]) => runGrav1(argv, { env, cwd: folder.path })

const seen = async (client: NodeClient, { id }: Pick<SwarmPeer, 'id'>): Promise<Partial<PeerStatus>> =>
  (await client.peers()).find(({ peerId }) => peerId === id) ?? {}

/** A dialler may believe in a connection that the other side refuses: only an answer shows that there is one. */
async function dial({ node }: SwarmPeer, { addresses }: Daemon): Promise<'connected' | 'refused'> {
  const signal = AbortSignal.timeout(60_000)
  try {
    const { remotePeer } = await node.dial(
      addresses.map((one) => multiaddr(one)),
      { signal }
    )
    await node.services.ping.ping(remotePeer, { signal })
    return 'connected'
  } catch {
    return 'refused'
  }
}

const introduce = async ({ gossip }: SwarmPeer, name: string): Promise<void> =>
  gossip.publish(
    'nodes',
    encodeNodeInfo({ name, version: '1', slots: 2, busy: 0, encoders: [], health: 'ok', paused: false, idle: [] })
  )

/** Whether the node hands out a blob, the code of its answer to a claim, and what it says to a worker that has a scene. */
async function asksFor({ node, signer }: SwarmPeer, { peerId }: Daemon, view: ProjectView | undefined) {
  const projectId = view?.projectId ?? ''
  const io = createStreamIO(await node.dialProtocol(peerIdFromString(peerId), BLOB_PROTOCOL))
  await io.writeFrame(encodeBlobRequest({ sha256: view?.scenes[0]?.plan.piece.sha256 ?? '', offset: 0, probe: true }))
  const frame = await io.readFrame(LIMITS.blobHeaderBytesMax)
  io.abort(new Error('answered'))

  const sessions = createSessions({ node, log: silent })
  onTestFinished(async () => sessions.stop())
  const session = await sessions.open(peerId)
  const answers: SessionMessage[] = []
  session.onMessage = (message) => void answers.push(message)
  const claimId = randomBytes(16).toString('hex')
  const encoderBuild = view?.announce.encoderBuild ?? ''
  const claim = { owner: peerId, claimId, projectId, encoderBuild, probe: undefined, prefetch: false }
  session.send({ type: 'claim', envelope: await signer.sign('claim', encodeClaim(claim)) })
  await eventually('an answer', () => answers.length > 0, { deadlineMs: 60_000 })
  const [answer] = answers
  // Of a scene that it says it was given.
  session.send({
    type: 'renew',
    token: { projectId, scene: 0, epoch: 1, attempt: 1 },
    pass: 1,
    frames: 1,
    paused: false
  })
  await eventually('another answer', () => answers.length > 1)
  session.close()
  const last = answers.at(-1)
  return {
    piece: frame === undefined ? 'nothing' : decodeBlobHeader(frame).status,
    claim: answer?.type === 'no-work' ? answer.code : answer?.type,
    renewed: last?.type === 'revoke' ? last.reason : last?.type
  }
}

beforeAll(async () => {
  folder = await tempFolder()
  const empty = join(folder.path, 'empty.toml')
  await writeFile(empty, '')
  const dataDir = join(folder.path, 'data')
  env = { GRAV1_CONFIG: empty, GRAV1_DATA_DIR: dataDir, GRAV1_NAME: 'attic' }
  const flags = { dataDir, workers: '0', apiPort: '0', logLevel: 'silent', trustLocal: 'false', share: 'trusted' }
  const loaded = await loadConfig({ flags, env, cwd: folder.path })
  config = { ...loaded, listen: ['/ip4/127.0.0.1/tcp/0'], mdns: false }
  await warmUp(dataDir)
})
afterAll(async () => {
  await keepWarm(config.dataDir)
  await folder.remove()
})

test('what is trusted, banned and forgotten, while the node runs and without it, holds over a restart', async () => {
  const [friend, foe, guest, thief] = await Promise.all([swarmPeer(), swarmPeer(), swarmPeer(), swarmPeer()])
  const { projectId } = await foe.announce()
  await connect(foe.node, friend.node)
  await withNode(async (client, daemon) => {
    expect([await dial(friend, daemon), await dial(foe, daemon)]).toEqual(['connected', 'connected'])
    await eventually('both are seen, and what they have', async () => {
      // What nobody listens for yet is lost.
      await Promise.all([introduce(friend, 'kitchen'), introduce(foe, 'hall')])
      const names = [(await seen(client, friend)).name, (await seen(client, foe)).name]
      return names.join() === 'kitchen,hall' && (await client.status()).projects.length === 1
    })
    expect(await seen(client, friend)).toMatchObject({ class: 'stranger', standing: null, path: 'loopback' })

    expect(await grav1('peers', 'trust', 'kitchen')).toMatchObject({
      code: 0,
      out: expect.stringMatching(`^kitchen \\(${friend.id}\\) is trusted`) as string
    })
    expect(await seen(client, friend)).toMatchObject({ class: 'trusted', standing: 'trusted', connected: true })

    // Both ends of the connection, at once; the next one is refused, whoever dials.
    await client.decide(foe.id, 'banned')
    await eventually('the connection is closed', () =>
      foe.node.getConnections().every(({ remotePeer }) => remotePeer.toString() !== daemon.peerId)
    )
    expect(await dial(foe, daemon)).toBe('refused')
    expect(await seen(client, foe)).toMatchObject({ class: 'banned', standing: 'banned', connected: false })
    expect((await client.status()).projects.map((project) => project.projectId)).not.toContain(projectId)
    // What it says through others is not heard either.
    await introduce(foe, 'cellar')
    await eventually('the friend is still heard', async () => {
      await introduce(friend, 'pantry')
      return (await seen(client, friend)).name === 'pantry'
    })
    expect((await seen(client, foe)).name).toBe('hall')
    expect((await grav1('status')).out).not.toContain('hall')
    for (const { id } of [guest, thief])
      expect(await grav1('peers', id === guest.id ? 'trust' : 'ban', id)).toMatchObject({ code: 0 })
    expect(await grav1('peers', 'forget', thief.id)).toMatchObject({ code: 0 })
    expect((await seen(client, thief)).standing ?? null).toBeNull()
    await expect(client.decide(daemon.peerId, 'banned')).rejects.toMatchObject({ code: 'own-peer', field: 'id' })
    await expect(client.decide('nobody', 'banned')).rejects.toMatchObject({ code: 'bad-peer-id', field: 'id' })
  })

  const kept = await grav1('peers')
  expect(kept.out).toMatch(/kitchen +\S+ +trusted/)
  expect(kept.out).toMatch(/hall +\S+ +banned/)
  expect(await grav1('peers', 'forget', 'hall')).toMatchObject({ code: 0 })
  expect(await grav1('peers', 'ban', friend.id)).toMatchObject({ code: 0 })
  const decided = [
    { peerId: friend.id, standing: 'banned', class: 'banned', connected: false },
    { peerId: guest.id, standing: 'trusted', class: 'trusted', connected: false }
  ].toSorted((a, b) => (a.peerId < b.peerId ? -1 : 1))
  const listed = JSON.parse((await grav1('peers', '--json')).out) as PeerStatus[]
  expect(listed.toSorted((a, b) => (a.peerId < b.peerId ? -1 : 1))).toMatchObject(decided)

  await withNode(async (client, daemon) => {
    expect([await dial(friend, daemon), await dial(foe, daemon)]).toEqual(['refused', 'connected'])
    expect([await dial(guest, daemon), await dial(thief, daemon)]).toEqual(['connected', 'connected'])
    expect(await seen(client, guest)).toMatchObject({ class: 'trusted', standing: 'trusted' })
    await eventually('the forgotten one is a stranger', async () => (await seen(client, thief)).class === 'stranger')
    await eventually('the stranger is seen', async () => (await seen(client, foe)).class === 'stranger')
    await client.decide(friend.id, null)
    expect(await dial(friend, daemon)).toBe('connected')
  })
})

test('of a film for trusted peers, a stranger learns nothing, also from those who know it and after a restart', async () => {
  // Nothing but a word of the owner makes the friend ask.
  const intervalMs = 3_600_000
  // Nobody is known to the friend.
  const toldTo: SwarmPeerInit['toldTo'] = (peer) => (view) => isTold(peer, view, () => false)
  const [friend, foe] = await Promise.all([swarmPeer({ intervalMs, toldTo }), swarmPeer()])
  await connect(foe.node, friend.node)
  const input = await makeBase(folder.path)
  let film = ''
  const known = ({ book }: SwarmPeer) => book.views.get(film)
  /** What an eavesdropper would look for: the gossip of project, lease and beat that came, and all that the stranger can pull. */
  const foeKnows = async (neighbours: number): Promise<unknown> => {
    expect(await foe.sync.pullAll({ signal: AbortSignal.timeout(60_000) })).toBe(neighbours)
    return { view: known(foe), beat: foe.book.beats.get(film), heard: foe.heard }
  }
  const NOTHING = { view: undefined, beat: undefined, heard: [] }

  await withNode(async (client, daemon) => {
    await client.decide(friend.id, 'trusted')
    await Promise.all([dial(friend, daemon), dial(foe, daemon)])
    await subscribed(foe, 2)
    const { projectId } = await client.submit({ input, encoder: 'aom', encoderParams: '--cpu-used=8' })
    film = projectId
    const { title } = await client.project(projectId)
    expect(input).toContain(title)
    await eventually('the friend knows the film, its title and a scene', () => {
      const view = known(friend)
      return view?.announce.title === title && view.scenes.length > 0
    })
    expect(known(friend)?.announce.encoderParams).toBe('--cpu-used=8')
    await client.setPriority(projectId, -3)
    await eventually('the friend hears of a change, and of how it goes on', () => {
      const beat = friend.book.beats.get(film)
      return known(friend)?.priority === -3 && beat?.seq === known(friend)?.head.seq
    })
    expect(await foeKnows(2)).toEqual(NOTHING)

    // From where it may know the id and hashes does not matter.
    expect(await asksFor(foe, daemon, known(friend))).toMatchObject({ piece: 'not-found', claim: 'not-shared' })
    const answer = await asksFor(friend, daemon, known(friend))
    expect(answer.piece).toBe('ok')
    expect(answer.claim).not.toBe('not-shared')
  })
  const before = known(friend)?.head.seq ?? 0
  await withNode(async (client, daemon) => {
    await Promise.all([dial(friend, daemon), dial(foe, daemon)])
    await client.setPriority(film, -4)
    await eventually('the friend hears of it again', () => known(friend)?.priority === -4)
    expect(known(friend)?.head.seq).toBeGreaterThan(before)
    expect(await foeKnows(2)).toEqual(NOTHING)
    // Who is trusted later learns it from then on.
    await client.decide(foe.id, 'trusted')
    await eventually('it knows the film', () => known(foe)?.priority === -4)
  })
  // Offline the title comes from the job.
  expect((await grav1('show', film)).out).toMatch(new RegExp(`^title +${input.split('/').at(-1)}$`, 'm'))
})

test('without a sandbox a stranger delivers no scenes, until it is trusted by name', async () => {
  const stranger = await swarmPeer()
  const input = await makeBase(folder.path)
  try {
    await withDaemon({ ...config, share: 'all', sandbox: 'off', trust: ['all'] }, async (client, daemon) => {
      // Films that wait would come first.
      for (const waiting of (await client.projects()).items.filter(({ own }) => own))
        await client.remove(waiting.projectId)
      const output = join(folder.path, 'open.mkv')
      const { projectId } = await client.submit({ input, output, encoder: 'aom', encoderParams: '--cpu-used=7' })
      await dial(stranger, daemon)
      await eventually(
        'it knows a scene',
        () => {
          stranger.sync.pull(daemon.peerId)
          return (stranger.book.views.get(projectId)?.scenes.length ?? 0) > 0
        },
        { deadlineMs: 60_000 }
      )
      const refused = await asksFor(stranger, daemon, stranger.book.views.get(projectId))
      // What it is served reaches no program here.
      expect(refused).toMatchObject({ piece: 'ok', claim: 'owner-no-sandbox' })
      expect(refused.renewed).toContain('no sandbox')
      expect((await client.status()).node.noSandbox).toContain('turned off')

      await client.decide(stranger.id, 'trusted')
      const taken = await asksFor(stranger, daemon, stranger.book.views.get(projectId))
      expect(taken.claim).not.toBe('owner-no-sandbox')
      expect(taken.renewed).not.toContain('no sandbox')
    })
  } finally {
    chooseSandbox('auto')
  }
})
