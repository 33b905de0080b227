import { connect, type Socket } from 'node:net'
import { multiaddr } from '@multiformats/multiaddr'
import { errorText } from '../../common/error-text.ts'
import { waitFor } from '../../common/wait.ts'
import { LIMITS } from '../protocol/index.ts'
import { InviteError } from './invite-error.ts'
import { framed, JOIN_GREETING } from './join-door.ts'

/** For a connection. */
const CONNECT_MS = 6000
/** For an answer: the node holds one back for some seconds while its user is asked. */
const ANSWER_MS = 20_000

interface Target {
  readonly host: string
  readonly port: number
}

/** Where a plain TCP connection can go: to the node itself, or to its relay, which passes the question on. */
function targetOf(address: string): Target | undefined {
  const parts = multiaddr(address).getComponents()
  const host = parts.find(({ name }) => ['ip4', 'ip6', 'dns', 'dns4', 'dns6'].includes(name))?.value
  const port = Number(parts.find(({ name }) => name === 'tcp')?.value)
  return host === undefined || !Number.isInteger(port) ? undefined : { host, port }
}

/** Several addresses may be at one relay. */
function targetsOf(addresses: readonly string[]): readonly Target[] {
  const targets = addresses.flatMap((address) => targetOf(address) ?? [])
  return [...new Map(targets.map((target) => [`${target.host} ${target.port}`, target])).values()]
}

/**
 * Puts a question to the first of these addresses that answers.
 * @param ms for each connection and each answer. Default 6 s and 20 s
 * @throws InviteError `not-reached`
 */
export async function putQuestion(
  addresses: readonly string[],
  envelope: Uint8Array,
  ms: { readonly connectMs?: number; readonly answerMs?: number } = {}
): Promise<Uint8Array> {
  const { connectMs = CONNECT_MS, answerMs = ANSWER_MS } = ms
  const failures: string[] = []
  for (const target of targetsOf(addresses)) {
    try {
      return await ask(target, envelope, connectMs, answerMs)
    } catch (error) {
      failures.push(`${target.host} port ${target.port}: ${errorText(error)}`)
    }
  }
  const tried = failures.length === 0 ? 'The invitation names no address that can be dialled' : failures.join('; ')
  throw new InviteError('not-reached', `The node that made the invitation was not reached. ${tried}.`)
}

async function ask(target: Target, envelope: Uint8Array, connectMs: number, answerMs: number): Promise<Uint8Array> {
  const socket = connect({ ...target, timeout: connectMs })
  try {
    await waitFor<void>((done, fail) => {
      socket.once('connect', () => done())
      socket.once('timeout', () => fail(new Error(`no connection within ${connectMs / 1000} s`)))
      socket.once('error', fail)
      return () => forget(socket)
    })
    socket.setTimeout(answerMs)
    socket.write(Buffer.concat([JOIN_GREETING, framed(envelope)]))
    return await readFrame(socket, answerMs)
  } finally {
    socket.on('error', () => {})
    socket.destroy()
  }
}

/** The first message that comes. What a node without a door says is a nonce, which is no length that an answer has. */
async function readFrame(socket: Socket, answerMs: number): Promise<Uint8Array> {
  let got = Buffer.alloc(0)
  return waitFor<Uint8Array>((done, fail) => {
    socket.on('data', (data: Buffer) => {
      got = Buffer.concat([got, data])
      if (got.byteLength < 4) return
      const length = got.readUInt32BE(0)
      if (length > LIMITS.joinMessageBytesMax) fail(new Error('it does not answer invited machines'))
      else if (got.byteLength >= 4 + length) done(got.subarray(4, 4 + length))
    })
    socket.once('timeout', () => fail(new Error(`no answer within ${answerMs / 1000} s`)))
    socket.once('error', fail)
    socket.once('close', () => fail(new Error('it closed the connection without an answer')))
    return () => forget(socket)
  })
}

function forget(socket: Socket): void {
  for (const event of ['connect', 'data', 'timeout', 'error', 'close']) socket.removeAllListeners(event)
}
