import type { MessageStream, StreamMuxer, StreamMuxerFactory } from '@libp2p/interface'

/** Makes the factory of muxers, as libp2p's options take it. */
export type CreateMuxers<Components> = (components: Components) => StreamMuxerFactory

/** The same, with each muxer changed before it carries its first stream. */
export function withMuxers<Components>(
  create: CreateMuxers<Components>,
  change: (muxer: StreamMuxer, connection: MessageStream) => void
): CreateMuxers<Components> {
  return (components) => {
    const factory = create(components)
    const inner = factory.createStreamMuxer.bind(factory)
    factory.createStreamMuxer = (connection) => {
      const muxer = inner(connection)
      change(muxer, connection)
      return muxer
    }
    return factory
  }
}
