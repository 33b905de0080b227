/** What the header of a frame says of how it was encoded. */
export interface FrameFacts {
  readonly key: boolean
  readonly shown: boolean
  /** The quantiser of the whole frame, 0 (lossless) to 255; undefined for a frame that only shows an earlier one. */
  readonly quantiser: number | undefined
  /** Base 2 logarithms; undefined as the quantiser is. */
  readonly tiles: { readonly columns: number; readonly rows: number } | undefined
  /** It can be read without the frames before it; false for what only shows an earlier one. */
  readonly errorResilient: boolean
  /** Tools that its blocks may use, as AV1 names them; undefined for a frame without references, and where the format leaves no choice. */
  readonly tools: string | undefined
}

/** Reads the packets of a stream in their order. */
export interface FrameFactsReader {
  /** The frames of one packet, hidden ones too. @throws BitstreamError */
  readonly read: (packet: Uint8Array) => readonly FrameFacts[]
}

/** A frame that only shows an earlier one. */
export const SHOWN_AGAIN: FrameFacts = {
  key: false,
  shown: true,
  quantiser: undefined,
  tiles: undefined,
  errorResilient: false,
  tools: undefined
}

/** The smallest k with `size` << k at least `target`. */
export function log2Above(size: number, target: number): number {
  let k = 0
  while (size * 2 ** k < target) k += 1
  return k
}
