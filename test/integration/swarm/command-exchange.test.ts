import { randomBytes } from 'node:crypto'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { describe, expect, onTestFinished, test } from 'vitest'
import { COMMAND_PROTOCOL } from '../../../src/swarm/command/command-exchange.ts'
import {
  createCommandExchange,
  createSigner,
  type CommandExchange,
  type CommandHandler,
  type CommandOutcome,
  type Signer,
  type SwarmNode
} from '../../../src/swarm/index.ts'
import { decodeCommandReply, encodeCommand, encodeCommandReply, LIMITS } from '../../../src/swarm/protocol/index.ts'
import { createStreamIO } from '../../../src/swarm/stream-io.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { PROJECT, WORKER } from '../../fixtures/protocol-samples.ts'
import { connect, dhtNode, silent, testNode } from '../../fixtures/swarm-node.ts'
import type { Command, CommandReply, CommandRequest } from '../../../src/swarm/protocol/index.ts'

const DONE: CommandOutcome = { status: 'done', message: '' }
const PRIORITY = { projectId: PROJECT, kind: 'set-priority', priority: -2.5 } as const

interface Peer {
  readonly id: string
  readonly node: SwarmNode
  readonly signer: Signer
  readonly commands: CommandExchange
  /** What was carried out, and for whom. */
  readonly carried: { readonly command: Command; readonly peer: string }[]
}

interface PeerInit {
  readonly obeys?: (peer: string) => boolean
  readonly handler?: CommandHandler
  readonly isInDht?: boolean
}

/** A node with the protocol; it obeys everybody unless told otherwise. */
async function commandPeer(init: PeerInit = {}): Promise<Peer> {
  const { obeys = () => true, handler = async () => DONE, isInDht = false } = init
  const privateKey = await generateKeyPair('Ed25519')
  const node = await testNode({ privateKey, isInDht })
  const signer = createSigner(privateKey)
  const carried: Peer['carried'] = []
  const commands = createCommandExchange({ node, signer, log: silent, obeys }, async (command, peer) => {
    carried.push({ command, peer })
    return handler(command, peer)
  })
  await commands.start()
  onTestFinished(async () => commands.stop())
  return { id: signer.peerId, node, signer, commands, carried }
}

/** An owner, and a peer that is connected with it. */
async function pair(owner: PeerInit = {}): Promise<{ owner: Peer; asker: Peer }> {
  const { isInDht = false } = owner
  const [a, b] = await Promise.all([commandPeer(owner), commandPeer({ isInDht })])
  await connect(b.node, a.node)
  return { owner: a, asker: b }
}

const newId = (): string => randomBytes(16).toString('hex')

/** Writes one frame as it is. @returns the reply, or undefined when there was none. */
async function raw(from: SwarmNode, to: SwarmNode, frame: Uint8Array): Promise<CommandReply | undefined> {
  const io = createStreamIO(await from.dialProtocol(to.peerId, COMMAND_PROTOCOL))
  try {
    await io.writeFrame(frame)
    const answer = await io.readFrame(LIMITS.sessionMessageBytesMax, AbortSignal.timeout(60_000))
    await io.end()
    return answer == null ? undefined : decodeCommandReply(answer)
  } catch (error) {
    if (error instanceof Error && error.name === 'TimeoutError') throw error
    return undefined
  }
}

test('a command comes as it was given, and the answer goes back', async () => {
  const { owner, asker } = await pair({ handler: async () => ({ status: 'ended', message: 'long ago' }) })
  const reply = await asker.commands.send(owner.id, PRIORITY)
  expect(reply).toEqual({ commandId: expect.stringMatching(/^[0-9a-f]{32}$/), status: 'ended', message: 'long ago' })
  const command = { ...PRIORITY, owner: owner.id, commandId: reply.commandId }
  expect(owner.carried).toEqual([{ command, peer: asker.id }])
})

test('an output comes as it was named, of any length that is allowed', async () => {
  const { owner, asker } = await pair()
  const output = `/média/${'\u{ffff}'.repeat(LIMITS.outputCharsMax - 7)}`
  await asker.commands.send(owner.id, { projectId: PROJECT, kind: 'set-output', output })
  expect(owner.carried).toMatchObject([{ command: { kind: 'set-output', output }, peer: asker.id }])
})

test.for(['done', 'unknown-project', 'ended', 'not-waiting', 'too-late', 'output-exists', 'failed'] as const)(
  'the answer %s',
  async (status) => {
    const { owner, asker } = await pair({ handler: async () => ({ status, message: 'm' }) })
    expect(await asker.commands.send(owner.id, PRIORITY)).toMatchObject({ status, message: 'm' })
  }
)

test('a peer that the owner does not trust is refused, and nothing is carried out', async () => {
  const { owner, asker } = await pair({ obeys: (peer) => peer === WORKER })
  const requests: readonly CommandRequest[] = [
    PRIORITY,
    { projectId: PROJECT, kind: 'cancel' },
    { projectId: PROJECT, kind: 'remove' },
    { projectId: PROJECT, kind: 'retry' },
    { projectId: PROJECT, kind: 'set-output', output: '/media/out.mkv' }
  ]
  for (const request of requests)
    expect(await asker.commands.send(owner.id, request)).toMatchObject({ status: 'refused' })
  expect(owner.carried).toEqual([])
})

test('an error of the owner is answered without its text; long words are cut', async () => {
  const broken = await pair({ handler: async () => Promise.reject(new Error('/home/u/secret.mkv')) })
  const reply = await broken.asker.commands.send(broken.owner.id, PRIORITY)
  expect([reply.status, reply.message.includes('secret')]).toEqual(['failed', false])
  const wordy = await pair({ handler: async () => ({ status: 'failed', message: 'x'.repeat(20_000) }) })
  const cut = await wordy.asker.commands.send(wordy.owner.id, PRIORITY)
  expect(cut.message).toHaveLength(LIMITS.reasonCharsMax)
})

test('a peer that only others know is found through them', async () => {
  const { owner, asker } = await pair({ isInDht: true })
  const between = await dhtNode()
  await connect(between, owner.node)
  await connect(asker.node, between)
  await asker.node.hangUp(owner.node.peerId)
  await asker.node.peerStore.delete(owner.node.peerId)
  // The neighbours take a moment to be in each other's tables.
  await eventually('the neighbour tells of the owner', async () => {
    const found = await asker.node.peerRouting.findPeer(owner.node.peerId).catch(() => undefined)
    return found !== undefined
  })
  await asker.node.peerStore.delete(owner.node.peerId)
  expect(await asker.commands.send(owner.id, PRIORITY)).toMatchObject(DONE)
})

test('a peer that is known but not connected is dialled', async () => {
  const { owner, asker } = await pair()
  await asker.node.hangUp(owner.node.peerId)
  await asker.node.peerStore.merge(owner.node.peerId, { multiaddrs: owner.node.getMultiaddrs() })
  expect(await asker.commands.send(owner.id, PRIORITY)).toMatchObject(DONE)
})

describe('attacks', () => {
  const command = (owner: string, change: object = {}): Uint8Array =>
    encodeCommand({ ...PRIORITY, owner, commandId: newId(), ...change })

  test('bytes that are no envelope, and envelopes of other things', async () => {
    const { owner, asker } = await pair()
    const good = await asker.signer.sign('command', command(owner.id))
    const forged = good.slice()
    forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1
    const frames = [
      new Uint8Array(),
      Uint8Array.of(255, 255, 255),
      randomBytes(500),
      command(owner.id),
      forged,
      good.slice(0, -1),
      await asker.signer.sign('claim', command(owner.id)),
      await asker.signer.sign('log', command(owner.id)),
      await asker.signer.sign('command', Uint8Array.of(255, 1)),
      await asker.signer.sign('command', new Uint8Array())
    ]
    for (const frame of frames) expect(await raw(asker.node, owner.node, frame)).toBeUndefined()
    expect(owner.carried).toEqual([])
    expect(await raw(asker.node, owner.node, good)).toMatchObject(DONE)
  })

  test('larger than a message may be', async () => {
    const { owner, asker } = await pair()
    const huge = new Uint8Array(LIMITS.sessionMessageBytesMax + 1)
    expect(await raw(asker.node, owner.node, huge)).toBeUndefined()
    const padded = await asker.signer.sign('command', new Uint8Array(LIMITS.sessionMessageBytesMax))
    expect(await raw(asker.node, owner.node, padded)).toBeUndefined()
    expect(owner.carried).toEqual([])
  })

  test('signed by another peer', async () => {
    const { owner, asker } = await pair()
    const trusted = createSigner(await generateKeyPair('Ed25519'))
    const envelope = await trusted.sign('command', command(owner.id))
    expect(await raw(asker.node, owner.node, envelope)).toBeUndefined()
    expect(owner.carried).toEqual([])
  })

  test('for another owner, however well signed', async () => {
    const { owner, asker } = await pair()
    const envelope = await asker.signer.sign('command', command(WORKER))
    expect(await raw(asker.node, owner.node, envelope)).toBeUndefined()
    expect(owner.carried).toEqual([])
  })

  test('overheard, and sent again by somebody else', async () => {
    const { owner, asker } = await pair()
    const envelope = await asker.signer.sign('command', command(owner.id))
    expect(await raw(asker.node, owner.node, envelope)).toMatchObject(DONE)
    const thief = await commandPeer()
    await connect(thief.node, owner.node)
    expect(await raw(thief.node, owner.node, envelope)).toBeUndefined()
    expect(owner.carried).toHaveLength(1)
  })

  test('sent twice, over two connections: the same answer, carried out once', async () => {
    let times = 0
    const { owner, asker } = await pair({
      handler: async () => ({ status: 'done', message: `${(times += 1)}` })
    })
    const envelope = await asker.signer.sign('command', command(owner.id))
    const first = await raw(asker.node, owner.node, envelope)
    await asker.node.hangUp(owner.node.peerId)
    await connect(asker.node, owner.node)
    expect(await raw(asker.node, owner.node, envelope)).toEqual(first)
    expect([times, first?.message]).toEqual([1, '1'])
  })

  test.for([
    ['a kind that does not exist', { kind: 'self-destruct' }],
    ['a priority where none belongs', { kind: 'retry' }],
    ['an output where none belongs', { kind: 'cancel', priority: 0, output: '/media/out.mkv' }],
    ['a new output without one', { kind: 'set-output', priority: 0 }],
    ['an output with a line break', { kind: 'set-output', priority: 0, output: 'a\n.mkv' }],
    ['an output with a zero byte', { kind: 'set-output', priority: 0, output: '/media/a.mkv\0' }],
    ['too long an output', { kind: 'set-output', priority: 0, output: 'x'.repeat(LIMITS.outputCharsMax + 1) }],
    ['no number', { priority: Number.NaN }],
    ['a project id that is none', { projectId: '../../etc/passwd' }],
    ['a short id', { commandId: '00' }]
  ] as const)('%s', async ([, change]) => {
    const { owner, asker } = await pair()
    const envelope = await asker.signer.sign('command', command(owner.id, change))
    expect(await raw(asker.node, owner.node, envelope)).toBeUndefined()
    expect(owner.carried).toEqual([])
  })

  test('as fast as it can: some are carried out, the others get to hear why not', async () => {
    const { owner, asker } = await pair()
    const refused = 'failed too many commands at once'
    const statuses: string[] = []
    const sendOne = async (): Promise<void> => {
      const reply = await raw(asker.node, owner.node, await asker.signer.sign('command', command(owner.id)))
      statuses.push(`${reply?.status} ${reply?.message}`)
    }
    // Several at once, and until it is refused: one after the other they are no faster on a busy machine than the owner allows.
    while (!statuses.includes(refused)) await Promise.all(Array.from({ length: 8 }, sendOne))
    expect(new Set(statuses)).toEqual(new Set(['done ', refused]))
    expect(statuses.filter((status) => status === 'done ').length).toBeGreaterThanOrEqual(50)
    const other = await commandPeer()
    await connect(other.node, owner.node)
    expect(await other.commands.send(owner.id, PRIORITY)).toMatchObject(DONE)
  })
})

describe('no answer', () => {
  test('an owner that is away is unreachable', async () => {
    const { owner, asker } = await pair()
    await owner.node.stop()
    await expect(asker.commands.send(owner.id, PRIORITY)).rejects.toMatchObject({ code: 'unreachable' })
    await expect(asker.commands.send(WORKER, PRIORITY)).rejects.toMatchObject({ code: 'unreachable' })
  })

  test('an owner that knows no commands', async () => {
    const [asker, old] = await Promise.all([commandPeer(), testNode()])
    await connect(asker.node, old)
    const sent = asker.commands.send(old.peerId.toString(), PRIORITY)
    await expect(sent).rejects.toMatchObject({ code: 'unsupported' })
  })

  /** A peer that treats the n-th stream as `behave` says, and gives the envelopes it got. */
  async function oddOwner(behave: (envelope: Uint8Array, nth: number) => Uint8Array | undefined) {
    const asker = await commandPeer()
    const node = await testNode()
    const got: Uint8Array[] = []
    await node.handle(COMMAND_PROTOCOL, async (stream) => {
      const io = createStreamIO(stream)
      const envelope = await io.readFrame(LIMITS.sessionMessageBytesMax)
      if (envelope == null) return
      const answer = behave(envelope, got.push(envelope))
      if (answer == null) io.abort(new Error('the cable'))
      else await io.writeFrame(answer)
    })
    await connect(asker.node, node)
    return { asker, got, owner: node.peerId.toString() }
  }

  test('a lost answer is asked for once more, with the same command', async () => {
    const { owner, asker } = await pair()
    let lost = 0
    await owner.commands.stop()
    const lossy = createCommandExchange(
      { node: owner.node, signer: owner.signer, log: silent, obeys: () => true },
      async () => {
        lost += 1
        // Carried out, and then the connection breaks before the answer is written.
        for (const connection of owner.node.getConnections(asker.node.peerId)) connection.abort(new Error('the cable'))
        return { status: 'done', message: `${lost}` }
      }
    )
    await lossy.start()
    onTestFinished(async () => lossy.stop())
    await asker.node.peerStore.merge(owner.node.peerId, { multiaddrs: owner.node.getMultiaddrs() })
    expect(await asker.commands.send(owner.id, PRIORITY)).toMatchObject({ status: 'done', message: '1' })
    expect(lost).toBe(1)
  })

  test('no answer, however often it is asked for, is said to be just that', async () => {
    const { owner, asker, got } = await oddOwner(() => undefined)
    await expect(asker.commands.send(owner, PRIORITY)).rejects.toMatchObject({ code: 'no-answer' })
    expect(got).toHaveLength(3)
    expect(got[1]).toEqual(got[0])
    expect(got[2]).toEqual(got[0])
  })

  test.for([
    ['an answer to another command', () => encodeCommandReply({ ...DONE, commandId: newId() })],
    ['an answer that is none', () => Uint8Array.of(255)]
  ] as const)('%s', async ([, answer]) => {
    const { owner, asker } = await oddOwner(answer)
    await expect(asker.commands.send(owner, PRIORITY)).rejects.toMatchObject({ code: 'no-answer' })
  })

  test('whoever asks may stop waiting', async () => {
    const { owner, asker } = await oddOwner(() => new Uint8Array())
    const abort = new AbortController()
    abort.abort(new Error('enough'))
    const sent = asker.commands.send(owner, PRIORITY, { signal: abort.signal })
    await expect(sent).rejects.toMatchObject({ code: 'unreachable' })
  })
})

test('stopping waits for what is being carried out, and it is answered', async () => {
  const running = Promise.withResolvers<void>()
  const finish = Promise.withResolvers<CommandOutcome>()
  const { owner, asker } = await pair({
    handler: async () => {
      running.resolve()
      return finish.promise
    }
  })
  const sent = asker.commands.send(owner.id, PRIORITY)
  await running.promise
  let stopped = false
  const stopping = owner.commands.stop().then(() => (stopped = true))
  // All else that stopping does is done when another one, which has nothing to wait for, has stopped as well.
  await eventually('no more are taken', () => !owner.node.getProtocols().includes(COMMAND_PROTOCOL))
  const idle = createCommandExchange({ ...owner, log: silent, obeys: () => true }, async () => DONE)
  await idle.start()
  await idle.stop()
  expect(stopped).toBe(false)
  finish.resolve(DONE)
  await stopping
  expect(await sent).toMatchObject(DONE)
})
