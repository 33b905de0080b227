import { LIMITS } from '../protocol/index.ts'
import { placeOf } from '../doors/place.ts'
import { type ByteStream, byteStream } from '@libp2p/utils'
import type { AbortOptions, ConnectionProtector, MessageStream } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

/** What somebody who only wants to join says first, where holders of the swarm key say a random nonce of the same length. */
export const JOIN_GREETING: Uint8Array = new TextEncoder().encode('/grav1/join/1.0.0\n'.padEnd(24, '\n'))

/** Answers one question. @param range where it comes from: /24 of IPv4, /48 of IPv6 */
export type AnswerJoin = (envelope: Uint8Array, range: string, signal: AbortSignal | undefined) => Promise<Uint8Array>

/** The connection answered a question and is over; libp2p needs an error to give it up. */
class JoinAnswered extends Error {
  override readonly name = 'JoinAnswered'
}

const isGreeting = (bytes: Uint8Array): boolean => JOIN_GREETING.every((byte, index) => bytes[index] === byte)

/**
 * The door of a private swarm for those who have an invitation but no key: on the port of the swarm, one question and one answer, before libp2p sees anything. Everything
 * else goes to the protector as it came.
 */
export function withJoinDoor(protector: ConnectionProtector, answer: AnswerJoin): ConnectionProtector {
  return {
    protect: async (connection, options) => {
      if (connection.direction !== 'inbound') return protector.protect(connection, options)
      const bytes = byteStream(connection)
      const first = (await bytes.read({ ...options, bytes: JOIN_GREETING.byteLength })).subarray()
      if (isGreeting(first)) {
        await converse(bytes, rangeOf(connection), answer, options)
        throw new JoinAnswered('a question was answered')
      }
      bytes.unwrap().unshift(first)
      return protector.protect(connection, options)
    }
  }
}

/** libp2p protects connections, whose address it knows; its type says less. */
function rangeOf(connection: MessageStream & { readonly remoteAddr?: Multiaddr }): string {
  return connection.remoteAddr === undefined ? '' : placeOf(connection.remoteAddr).range
}

async function converse(
  bytes: ByteStream<MessageStream>,
  range: string,
  answer: AnswerJoin,
  options: AbortOptions | undefined
): Promise<void> {
  const header = (await bytes.read({ ...options, bytes: 4 })).subarray()
  const length = new DataView(header.buffer, header.byteOffset, 4).getUint32(0)
  if (length > LIMITS.joinMessageBytesMax) throw new Error(`a question of ${length} bytes`)
  const envelope = (await bytes.read({ ...options, bytes: length })).subarray()
  await bytes.write(framed(await answer(envelope, range, options?.signal)), options)
  // An abort may lose what is on its way: the one who asked closes first.
  while ((await bytes.read(options)) != null);
}

/** With its length before it, four bytes, the highest first. */
export function framed(message: Uint8Array): Uint8Array {
  const whole = new Uint8Array(4 + message.byteLength)
  new DataView(whole.buffer).setUint32(0, message.byteLength)
  whole.set(message, 4)
  return whole
}
