import { type CreateMuxers, withMuxers } from '../muxers.ts'
import { createRateLimit } from '../rate-limit.ts'
import { CONNECTIONS } from './door-limits.ts'
import { meter, type MeteredStream } from './doors.ts'
import type { MessageStream, StreamMuxer } from '@libp2p/interface'

/** The muxer's own hook: called with each stream that the other side opens. */
type GatedMuxer = StreamMuxer & { onRemoteStream: (stream: MeteredStream) => void }

/** Limits the streams of a connection while nobody knows yet what they are for: their number, how fast they come, and their bytes. */
export function gateStreams<Components>(create: CreateMuxers<Components>): CreateMuxers<Components> {
  const all = { open: 0 }
  return withMuxers(create, (muxer, connection) => gate(muxer as GatedMuxer, connection, all))
}

function gate(muxer: GatedMuxer, connection: MessageStream, all: { open: number }): void {
  const { onRemoteStream } = muxer
  const opens = createRateLimit({ burst: CONNECTIONS.opensBurst, perSecond: CONNECTIONS.opensPerSecond })
  muxer.onRemoteStream = (stream) => {
    if (!opens.take('')) connection.abort(new Error('the remote peer opens more streams than any honest one would'))
    all.open += 1
    stream.addEventListener('close', () => (all.open -= 1), { once: true })
    let unnamed = 0
    meter(stream, (bytes) => {
      if (stream.protocol !== '') return
      unnamed += bytes
      if (unnamed > CONNECTIONS.unnamedBytesMax) stream.abort(new Error('no protocol was chosen'))
    })
    onRemoteStream.call(muxer, stream)
    if (all.open > CONNECTIONS.streamsOpenMax) stream.abort(new Error('too many streams on this node'))
  }
}
