import { type Av1Choice, type Av1Sequence, parseAv1Sequence } from '../av1-sequence.ts'
import { FRAME, FRAME_HEADER, parseObus, SEQUENCE_HEADER } from '../av1.ts'
import { type BitReader, createBitReader } from '../bits.ts'
import { BitstreamError } from '../errors.ts'
import { gridOf, readAv1Tiles } from './av1-tiles.ts'
import { type FrameFacts, type FrameFactsReader, SHOWN_AGAIN } from './frame-facts.ts'

const KEY = 0
const INTER = 1
const SWITCH = 3
const SLOTS = 8
const ALL_SLOTS = 0xff
const REFERENCES = 7
const SUPERRES_SCALE = 8
const SUPERRES_DENOMINATOR_MIN = 9

interface Size {
  /** As shown, and as coded: narrower with superres. */
  readonly full: number
  readonly width: number
  readonly height: number
}

/** What later frames need to know of a decoded one. */
interface Slot {
  readonly size: Size
  readonly key: boolean
}

const flag = (bits: BitReader): boolean => bits.read(1) === 1
const chosen = (bits: BitReader, choice: Av1Choice): boolean => (choice === 'by-frame' ? flag(bits) : choice === 'on')

function scaled(bits: BitReader, full: number, height: number, { tools }: Av1Sequence): Size {
  if (!tools.superres || !flag(bits)) return { full, width: full, height }
  const denominator = bits.read(3) + SUPERRES_DENOMINATOR_MIN
  return { full, width: Math.floor((full * SUPERRES_SCALE + Math.floor(denominator / 2)) / denominator), height }
}

function readSize(bits: BitReader, sequence: Av1Sequence, isOwn: boolean): Size {
  const [widthBits, heightBits] = sequence.tools.sizeBits
  const width = isOwn ? bits.read(widthBits) + 1 : sequence.width
  const height = isOwn ? bits.read(heightBits) + 1 : sequence.height
  const size = scaled(bits, width, height, sequence)
  // The size for display.
  if (flag(bits)) bits.read(32)
  return size
}

/** The slots of the references. */
function readReferences(bits: BitReader, { tools }: Av1Sequence): readonly number[] {
  if (tools.orderHintBits > 0 && flag(bits))
    throw new BitstreamError('unsupported', 'a frame names only two references')
  return Array.from({ length: REFERENCES }, () => {
    const slot = bits.read(3)
    if (tools.frameIds !== undefined) bits.read(tools.frameIds.deltaBits)
    return slot
  })
}

/** Frame headers up to the quantiser, as section 5.9 of the AV1 specification has them. */
class Reader implements FrameFactsReader {
  #sequence: Av1Sequence | undefined
  readonly #slots = new Map<number, Slot>()

  read(packet: Uint8Array): FrameFacts[] {
    const frames: FrameFacts[] = []
    for (const { type, payload } of parseObus(packet)) {
      if (type === SEQUENCE_HEADER) this.#sequence = parseAv1Sequence(payload)
      if (type === FRAME || type === FRAME_HEADER) frames.push(this.#frame(createBitReader(payload)))
    }
    return frames
  }

  #frame(bits: BitReader): FrameFacts {
    const sequence = this.#sequence
    if (sequence === undefined) throw new BitstreamError('no-sequence-header', 'a frame has no sequence header')
    const { tools } = sequence
    if (tools.timed) throw new BitstreamError('unsupported', 'its frames have decoding times')
    if (flag(bits)) return this.#showAgain(bits.read(3))
    const type = bits.read(2)
    const shown = flag(bits)
    if (!shown) bits.read(1)
    const isStart = type === KEY && shown
    const errorResilient = type === SWITCH || isStart || flag(bits)
    const fixedContexts = flag(bits)
    const screenContent = chosen(bits, tools.screenContent)
    const wholeMotion = screenContent && chosen(bits, tools.wholeMotion)
    bits.read(tools.frameIds?.bits ?? 0)
    const hasSize = type === SWITCH || flag(bits)
    bits.read(tools.orderHintBits)
    const intra = type !== INTER && type !== SWITCH
    if (!intra && !errorResilient) bits.read(3)
    const refreshed = type === SWITCH || isStart ? ALL_SLOTS : bits.read(SLOTS)
    if ((!intra || refreshed !== ALL_SLOTS) && errorResilient)
      for (let slot = 0; slot < SLOTS; slot += 1) bits.read(tools.orderHintBits)
    let size: Size
    let inter: string | undefined
    if (intra) {
      size = readSize(bits, sequence, hasSize)
      if (screenContent && size.full === size.width) bits.read(1)
    } else {
      const references = readReferences(bits, sequence)
      size =
        this.#referredSize(bits, sequence, hasSize && !errorResilient ? references : []) ??
        readSize(bits, sequence, hasSize)
      if (!wholeMotion) bits.read(1)
      if (!flag(bits)) bits.read(2)
      const motionModes = flag(bits)
      const motionVectors = !errorResilient && tools.referenceMotion && flag(bits)
      inter = `is_motion_mode_switchable ${Number(motionModes)}, use_ref_frame_mvs ${Number(motionVectors)}`
    }
    if (!fixedContexts) bits.read(1)
    const tiles = readAv1Tiles(bits, gridOf(size.width, size.height, tools.superblock))
    this.#keep(refreshed, { size, key: type === KEY })
    return { key: type === KEY, shown, errorResilient, tiles, quantiser: bits.read(8), tools: inter }
  }

  /** The size of the first reference that the frame says it has. */
  #referredSize(bits: BitReader, sequence: Av1Sequence, references: readonly number[]): Size | undefined {
    for (const slot of references)
      if (flag(bits)) {
        const { size } = this.#slot(slot)
        return scaled(bits, size.full, size.height, sequence)
      }
    return undefined
  }

  #showAgain(slot: number): FrameFacts {
    const shown = this.#slot(slot)
    if (shown.key) this.#keep(ALL_SLOTS, shown)
    return SHOWN_AGAIN
  }

  #slot(slot: number): Slot {
    const kept = this.#slots.get(slot)
    if (kept === undefined) throw new BitstreamError('bad-header', 'a frame refers to one that is not there')
    return kept
  }

  #keep(refreshed: number, frame: Slot): void {
    for (let slot = 0; slot < SLOTS; slot += 1) if (((refreshed >> slot) & 1) === 1) this.#slots.set(slot, frame)
  }
}

/** Reads AV1 temporal units. */
export const createAv1Reader = (): FrameFactsReader => new Reader()
