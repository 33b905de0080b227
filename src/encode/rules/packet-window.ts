/** One packet of a video stream; tables are in decode order. */
export interface Packet {
  /** Presentation time in ticks of the stream; undefined where the container says nothing. */
  readonly pts: number | undefined
  readonly key: boolean
}

/** A run of packets from which frames can be decoded. */
export interface PacketWindow {
  /** First packet, a key packet; decode order. */
  readonly first: number
  /** One past the last packet. */
  readonly end: number
  /** Presentation time of the key packet; earlier packets of the window are its leading pictures and are dropped. */
  readonly keyPts: number
  /** Presentation time of the next key packet; undefined after the last. */
  readonly nextKeyPts: number | undefined
  /** Decoded frames to drop before the first wanted one. */
  readonly skip: number
}

export interface PacketTable {
  readonly packets: number
  /** The window for frames `start` to `start + frames - 1`, counted over all packets in presentation order; undefined when there is none. */
  readonly windowFor: (start: number, frames: number) => PacketWindow | undefined
}

interface Key {
  readonly packet: number
  readonly rank: number
  readonly pts: number
}

/** Indexes a packet table once, so that each window is found by a binary search. Undefined when packets lack times or share them, so that their order is unknown. */
export function createPacketTable(packets: readonly Packet[]): PacketTable | undefined {
  const order = packets.map((_, index) => index)
  const pts = packets.map((packet) => packet.pts ?? Number.NaN)
  if (packets.length === 0 || pts.some(Number.isNaN)) return undefined
  order.sort((a, b) => (pts[a] ?? 0) - (pts[b] ?? 0))
  const rank = new Uint32Array(packets.length)
  /** Decode position from which everything up to a presentation rank is there. */
  const endOf = new Uint32Array(packets.length)
  let end = 0
  for (const [index, packet] of order.entries()) {
    if (index > 0 && pts[packet] === pts[order[index - 1] ?? -1]) return undefined
    rank[packet] = index
    end = Math.max(end, packet + 1)
    endOf[index] = end
  }
  const keys: Key[] = []
  for (const [index, packet] of packets.entries()) {
    const last = keys.at(-1)
    const key = { packet: index, rank: rank[index] ?? 0, pts: pts[index] ?? 0 }
    if (packet.key && (last === undefined || last.rank < key.rank)) keys.push(key)
  }
  const windowFor = (start: number, frames: number): PacketWindow | undefined => {
    const found = lastKeyAtOrBefore(keys, start)
    const key = keys[found]
    const windowEnd = endOf[start + frames - 1]
    if (key === undefined || frames < 1 || windowEnd === undefined) return undefined
    return {
      first: key.packet,
      end: windowEnd,
      keyPts: key.pts,
      nextKeyPts: keys[found + 1]?.pts,
      skip: start - key.rank
    }
  }
  return { packets: packets.length, windowFor }
}

function lastKeyAtOrBefore(keys: readonly Key[], rank: number): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((keys[middle]?.rank ?? Infinity) <= rank) low = middle + 1
    else high = middle
  }
  return low - 1
}
