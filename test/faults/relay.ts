import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** Connections of the relay itself come from here, so that they are not led to it again. */
export const RELAY_ADDRESS = '127.0.0.99'

/** What a path does to what passes it. */
export interface Path {
  /** Milliseconds that each byte takes longer, in either direction. Default 0. */
  readonly delayMs?: number
  /** All connections share this. Default: no limit. */
  readonly bytesPerSecond?: number
  /** All connections are reset each time so many bytes have passed. Default: never. */
  readonly bytesBetweenCuts?: number
}

/** A slow path before listening ports of this machine. */
export interface Relay {
  /** How many connections pass it now. */
  readonly connections: () => number
  /** Breaks all connections, as a router that starts anew does. @returns how many */
  readonly cutAll: () => number
  readonly close: () => Promise<void>
}

/** When the next byte may pass, for all connections together. */
function createGate({ bytesPerSecond }: Path): (bytes: number) => number {
  let freeAtMs = 0
  return (bytes) => {
    if (bytesPerSecond === undefined) return 0
    const nowMs = performance.now()
    freeAtMs = Math.max(nowMs, freeAtMs) + (bytes / bytesPerSecond) * 1000
    return freeAtMs - nowMs
  }
}

/** Relays each port `from` to the port `to` of the same address. */
export async function startRelay(ports: readonly { from: number; to: number }[], path: Path): Promise<Relay> {
  const sockets = new Set<Socket>()
  const gate = createGate(path)
  const cutAll = (): number => {
    const count = sockets.size / 2
    for (const socket of sockets) socket.resetAndDestroy()
    return count
  }
  let passedBytes = 0
  /** A machine under load gets as many bytes through between two cuts as any other. */
  function count(bytes: number): void {
    passedBytes += bytes
    if (passedBytes < (path.bytesBetweenCuts ?? Infinity)) return
    passedBytes = 0
    cutAll()
  }
  /** One direction: chunks leave in the order in which they came, each as late as the path makes it. */
  async function carry(source: Socket, target: Socket): Promise<void> {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      await delay(gate(chunk.byteLength))
      const arrives = delay(path.delayMs ?? 0)
      void arrives.then(() => target.write(chunk))
      count(chunk.byteLength)
      if (target.writableNeedDrain) await once(target, 'drain')
    }
    await delay(path.delayMs ?? 0)
    target.end()
  }
  const serve = async ({ from, to }: { from: number; to: number }): Promise<Server> => {
    const server = createServer((near) => {
      const far = connect({ host: '127.0.0.1', port: to, localAddress: RELAY_ADDRESS })
      for (const socket of [near, far]) {
        sockets.add(socket)
        socket.setNoDelay(true)
        socket.on('error', () => {})
        socket.once('close', () => {
          sockets.delete(socket)
          near.destroy()
          far.destroy()
        })
      }
      carry(near, far).catch(() => far.destroy())
      carry(far, near).catch(() => near.destroy())
    })
    server.listen(from, '127.0.0.1')
    await once(server, 'listening')
    return server
  }
  const servers = await Promise.all(ports.map(serve))
  return {
    connections: () => sockets.size / 2,
    cutAll,
    close: async () => {
      cutAll()
      await Promise.all(servers.map(async (server) => new Promise((resolve) => server.close(resolve))))
    }
  }
}
