import { randomBytes } from 'node:crypto'
import { setTimeout as after } from 'node:timers/promises'
import { peerIdFromString } from '@libp2p/peer-id'
import { anySignal } from '../../common/any-signal.ts'
import { asError } from '../../common/error-text.ts'
import {
  checkCommand,
  commandRefusal,
  decodeCommand,
  decodeCommandReply,
  encodeCommand,
  encodeCommandReply,
  clipText,
  LIMITS,
  ProtocolError
} from '../protocol/index.ts'
import { openEnvelope, type Signer } from '../signer.ts'
import { CONTROL, openControlStream } from '../open-stream.ts'
import { createStreamIO } from '../stream-io.ts'
import { createAnsweredCommands } from './answered-commands.ts'
import { CommandError } from './command-error.ts'
import { createRateLimit } from '../rate-limit.ts'
import { reachPeer } from './reach-peer.ts'
import type { Command, CommandReply, CommandRequest } from '../protocol/index.ts'
import type { Logger } from '../logger.ts'
import type { SwarmNode } from '../libp2p.ts'
import type { StreamIO } from '../stream-io.ts'

export const COMMAND_PROTOCOL = '/grav1/command/1.0.0'

const DEADLINE_MS = 15_000
/** A user or script that works through a list of projects never reaches this limit; a runaway loop does. */
const RATE = { burst: 50, perSecond: 10, peersMax: 1024 }

/** What became of a command; `message` is for people. */
export type CommandOutcome = Omit<CommandReply, 'commandId'>

/** Carries out a command of a peer that the owner obeys. An exception is answered with `failed`. */
export type CommandHandler = (command: Command, peer: string) => Promise<CommandOutcome>

export interface CommandExchangeComponents {
  readonly node: SwarmNode
  readonly signer: Signer
  readonly log: Logger
  /** Whether this node obeys a peer's commands for its own projects. */
  readonly obeys: (peer: string) => boolean
  /** Makes a connection with a peer or throws. Default: known addresses, then the DHT. */
  readonly reach?: (peer: string, signal: AbortSignal) => Promise<void>
}

/** Commands for projects of other nodes, and other nodes' commands for projects of this one. */
export interface CommandExchange {
  start: () => Promise<void>
  /** Takes no more, and waits for what is being carried out. */
  stop: () => Promise<void>
  /**
   * Asks the owner of a project to do something; takes at most 15 s. A command whose answer was lost is sent once more, and never carried out twice.
   * @throws CommandError when there was no answer; anything the owner said is returned.
   */
  send: (owner: string, request: CommandRequest, options?: { readonly signal?: AbortSignal }) => Promise<CommandReply>
}

/** How often one command is sent while no answer comes; its id makes that safe. */
const ATTEMPTS = 3
const PAUSE_MS = 200

export function createCommandExchange(components: CommandExchangeComponents, handler: CommandHandler): CommandExchange {
  const { node, signer, log, obeys } = components
  const reach = components.reach ?? (async (peer, signal) => reachPeer(node, peer, signal))
  const stopped = new AbortController()
  const answered = createAnsweredCommands()
  const rate = createRateLimit(RATE)

  async function take(envelope: Uint8Array, peer: string): Promise<CommandReply> {
    const opened = await openEnvelope('command', envelope)
    const command = decodeCommand(opened.payload)
    // [RULE 61]
    checkCommand(command, { signer: opened.signer, peer, self: signer.peerId })
    const { commandId } = command
    // [RULE 63]
    const refusal = commandRefusal({ isTooMany: !rate.take(peer), isObeyed: obeys(peer) })
    if (refusal !== undefined) return { commandId, ...refusal }
    return answered.once(peer, commandId, async () => carryOut(command, peer))
  }

  async function carryOut(command: Command, peer: string): Promise<CommandReply> {
    const { commandId, projectId, kind } = command
    try {
      const { status, message } = await handler(command, peer)
      log.info({ peer, projectId, kind, status }, 'command of a peer')
      return { commandId, status, message: clipText(message, LIMITS.reasonCharsMax) }
    } catch (error) {
      log.error({ peer, projectId, kind, err: error }, 'a command of a peer failed')
      return { commandId, status: 'failed', message: 'the owner hit an internal error; see its log' }
    }
  }

  async function answer(io: StreamIO, peer: string): Promise<void> {
    try {
      const signal = anySignal([stopped.signal, AbortSignal.timeout(DEADLINE_MS)])
      const envelope = await io.readFrame(LIMITS.sessionMessageBytesMax, signal)
      if (envelope == null) throw new Error('the stream ended before a command came')
      const reply = await take(envelope, peer)
      // With its own deadline: a command that was carried out is answered even while this node stops.
      const writing = AbortSignal.timeout(DEADLINE_MS)
      await io.writeFrame(encodeCommandReply(reply), writing)
      await io.end(writing)
      // A stream that the other side leaves half open is closed.
      await io.readFrame(0, writing)
    } catch (error) {
      log.debug({ peer, err: error }, 'refused a command')
      io.abort(asError(error))
    }
  }

  /** One try with one connection. @throws CommandError */
  async function ask(owner: string, envelope: Uint8Array, commandId: string, signal: AbortSignal) {
    const io = await open(owner, signal)
    try {
      await io.writeFrame(envelope, signal)
      const frame = await io.readFrame(LIMITS.sessionMessageBytesMax, signal)
      if (frame == null) throw new Error('the stream ended before an answer came')
      const reply = decodeCommandReply(frame)
      if (reply.commandId !== commandId) throw new ProtocolError('invalid', 'an answer to another command')
      await io.end(signal).catch(() => {})
      return reply
    } catch (cause) {
      io.abort(asError(cause))
      if (isUnsupported(cause)) throw unsupported(cause)
      throw new CommandError('no-answer', 'the owner did not answer', { cause })
    }
  }

  async function open(owner: string, signal: AbortSignal): Promise<StreamIO> {
    try {
      await reach(owner, signal)
      return createStreamIO(await openControlStream(node, peerIdFromString(owner), COMMAND_PROTOCOL, signal))
    } catch (cause) {
      if (isUnsupported(cause)) throw unsupported(cause)
      throw new CommandError('unreachable', 'the owner cannot be reached', { cause })
    }
  }

  return {
    start: async () => {
      await node.handle(
        COMMAND_PROTOCOL,
        async (stream, connection) => answer(createStreamIO(stream), connection.remotePeer.toString()),
        CONTROL
      )
    },
    stop: async () => {
      stopped.abort(new Error('stopping'))
      await node.unhandle(COMMAND_PROTOCOL)
      await answered.settled()
    },
    send: async (owner, request, options = {}) => {
      const ends = [stopped.signal, AbortSignal.timeout(DEADLINE_MS)]
      const signal = anySignal(options.signal == null ? ends : [...ends, options.signal])
      const commandId = randomBytes(16).toString('hex')
      const envelope = await signer.sign('command', encodeCommand({ ...request, owner, commandId }))
      let lost: unknown
      for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
        try {
          // A connection that broke may be listed a moment longer.
          if (attempt > 0) await after(PAUSE_MS * attempt, undefined, { signal })
          return await ask(owner, envelope, commandId, signal)
        } catch (error) {
          // Once an answer was lost, the command may have arrived, whatever fails afterwards.
          lost ??= error
          if (!(lost instanceof CommandError) || lost.code !== 'no-answer' || signal.aborted) break
        }
      }
      throw lost
    }
  }
}

function unsupported(cause: unknown): CommandError {
  return new CommandError('unsupported', 'the owner does not accept commands', { cause })
}

function isUnsupported(error: unknown): boolean {
  return error instanceof Error && error.name === 'UnsupportedProtocolError'
}
