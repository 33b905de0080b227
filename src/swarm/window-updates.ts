import { type CreateMuxers, withMuxers } from './muxers.ts'
import type { Stream, StreamMuxer } from '@libp2p/interface'

/** A stream of yamux, with what its published type hides: the window that it grants, and what is left of that. */
interface WindowedStream extends Stream {
  readonly state: number
  readonly recvWindow: number
  readonly recvWindowCapacity: number
  sendWindowUpdate: () => void
}

/** The muxer's own hook beside its published methods: called with each stream that the other side opens. */
type WindowedMuxer = StreamMuxer<WindowedStream> & { onRemoteStream: (stream: WindowedStream) => void }

/** The state in which an update carries nothing but the window: before it, the other side waits for its flags. */
const ESTABLISHED = 3
/** Of the window: the other side never waits for an update while it has the rest. */
const UPDATE_SHARE = 1 / 8

/**
 * Has streams grant more once an eighth of their window is used (docs/adr/0167). By itself yamux does so after each frame that comes, which costs both nodes a second write and a second read for each short message.
 */
export function withRareUpdates<Components>(create: CreateMuxers<Components>): CreateMuxers<Components> {
  return withMuxers(create, (any) => {
    const muxer = any as WindowedMuxer
    const createStream = muxer.createStream.bind(muxer)
    const onRemoteStream = muxer.onRemoteStream.bind(muxer)
    muxer.createStream = async (options) => rarely(await createStream(options))
    muxer.onRemoteStream = (stream) => onRemoteStream(rarely(stream))
  })
}

function rarely(stream: WindowedStream): WindowedStream {
  const sendWindowUpdate = stream.sendWindowUpdate.bind(stream)
  stream.sendWindowUpdate = () => {
    const { state, recvWindow, recvWindowCapacity } = stream
    if (state === ESTABLISHED && recvWindow - recvWindowCapacity < recvWindow * UPDATE_SHARE) return
    sendWindowUpdate()
  }
  return stream
}
