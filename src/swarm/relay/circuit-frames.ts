import { CIRCUIT_BYTES_MAX, ProtocolError } from '../protocol/index.ts'
import type { StreamIO } from '../stream-io.ts'

/** Bits of a length that one byte holds; the eighth says that another byte follows. */
const BITS = 7
const MORE = 1 << BITS

/** Reads one message of the relay protocols: its length as a varint, then so many bytes. What follows stays in the stream. @throws ProtocolError, Error when the stream ends */
export async function readCircuitFrame(io: StreamIO, signal: AbortSignal): Promise<Uint8Array> {
  let length = 0
  for (let shift = 0; ; shift += BITS) {
    const [byte = 0] = await io.readExact(1, signal)
    length |= (byte % MORE) << shift
    if (length > CIRCUIT_BYTES_MAX || shift > BITS) throw new ProtocolError('too-large', 'a long message to a relay')
    if (byte < MORE) return io.readExact(length, signal)
  }
}

export async function writeCircuitFrame(io: StreamIO, payload: Uint8Array, signal: AbortSignal): Promise<void> {
  const { byteLength } = payload
  const header = byteLength < MORE ? [byteLength] : [(byteLength % MORE) | MORE, byteLength >> BITS]
  await io.write(new Uint8Array([...header, ...payload]), signal)
}
