import { type BitReader, createBitReader } from '../bits.ts'
import { BitstreamError } from '../errors.ts'
import { parseVp9FrameHeader, parseVp9Picture, splitVp9Superframe, type Vp9FrameHeader } from '../vp9.ts'
import { type FrameFacts, type FrameFactsReader, log2Above, SHOWN_AGAIN } from './frame-facts.ts'

const REFERENCES = 3
const SUPERBLOCK = 64
const TILE_SUPERBLOCKS_MIN = 4
const TILE_SUPERBLOCKS_MAX = 64
const SEGMENTS = 8
/** Bits of a segment's features, and whether a sign follows. */
const FEATURES: readonly (readonly [bits: number, signed: boolean])[] = [
  [8, true],
  [6, true],
  [2, false],
  [0, false]
]

const flag = (bits: BitReader): boolean => bits.read(1) === 1

/** Display size, which is also the coded one in all that grav1 makes. */
function skipRenderSize(bits: BitReader): void {
  if (flag(bits)) bits.read(32)
}

/** Whether a frame takes its size from one of its references. */
function isSizedByReference(bits: BitReader): boolean {
  for (let i = 0; i < REFERENCES; i += 1) if (flag(bits)) return true
  return false
}

function skipLoopFilter(bits: BitReader): void {
  bits.read(9)
  if (!flag(bits) || !flag(bits)) return
  for (let i = 0; i < 6; i += 1) if (flag(bits)) bits.read(7)
}

function skipSegmentation(bits: BitReader): void {
  if (!flag(bits)) return
  if (flag(bits)) {
    for (let i = 0; i < SEGMENTS - 1; i += 1) if (flag(bits)) bits.read(8)
    if (flag(bits)) for (let i = 0; i < REFERENCES; i += 1) if (flag(bits)) bits.read(8)
  }
  if (!flag(bits)) return
  bits.read(1)
  for (let i = 0; i < SEGMENTS; i += 1)
    for (const [width, signed] of FEATURES) if (flag(bits)) bits.read(width + Number(signed))
}

function readTiles(bits: BitReader, width: number): { readonly columns: number; readonly rows: number } {
  const across = Math.ceil((8 * Math.ceil(width / 8)) / SUPERBLOCK)
  const max = Math.max(0, Math.floor(Math.log2(across / TILE_SUPERBLOCKS_MIN)))
  let columns = log2Above(TILE_SUPERBLOCKS_MAX, across)
  while (columns < max && flag(bits)) columns += 1
  return { columns, rows: flag(bits) ? 1 + bits.read(1) : 0 }
}

/** Frame headers as section 6.2 of the VP9 specification has them. */
class Reader implements FrameFactsReader {
  #width = 0

  read(packet: Uint8Array): FrameFacts[] {
    return splitVp9Superframe(packet).map((frame) => this.#frame(frame))
  }

  #frame(bytes: Uint8Array): FrameFacts {
    const header = parseVp9FrameHeader(bytes)
    if (header.showExisting) return SHOWN_AGAIN
    const { key, shown, profile } = header
    const bits = createBitReader(bytes)
    bits.read(profile === 3 ? 8 : 7)
    const errorResilient = flag(bits)
    if (key) this.#width = parseVp9Picture(bits, profile).width
    if (this.#width === 0) throw new BitstreamError('not-a-key-frame', 'a frame comes before any key frame')
    if (key) skipRenderSize(bits)
    else this.#skipReferences(bits, header, errorResilient)
    if (!errorResilient) bits.read(2)
    bits.read(2)
    skipLoopFilter(bits)
    const quantiser = bits.read(8)
    for (let i = 0; i < 3; i += 1) if (flag(bits)) bits.read(5)
    skipSegmentation(bits)
    return { key, shown, errorResilient, quantiser, tiles: readTiles(bits, this.#width), tools: undefined }
  }

  #skipReferences(bits: BitReader, { shown }: Vp9FrameHeader, errorResilient: boolean): void {
    const intra = !shown && flag(bits)
    if (!errorResilient) bits.read(2)
    if (intra) throw new BitstreamError('unsupported', 'a frame has no references')
    bits.read(8)
    for (let i = 0; i < REFERENCES; i += 1) bits.read(4)
    if (!isSizedByReference(bits)) throw new BitstreamError('unsupported', 'a frame has a size of its own')
    skipRenderSize(bits)
    bits.read(1)
    if (!flag(bits)) bits.read(2)
  }
}

/** Reads VP9 packets. */
export const createVp9Reader = (): FrameFactsReader => new Reader()
