import { BitstreamError } from '../errors.ts'
import type { EncoderModule } from '../types.ts'
import { createAv1Reader } from './av1-frames.ts'
import type { FrameBounds } from './frame-bounds.ts'
import type { FrameFacts } from './frame-facts.ts'
import { createVp9Reader } from './vp9-frames.ts'

/** What the frame headers of a scene say, compared with what its parameters allow. */
export interface FramesSeen {
  /** 0 to 255; undefined where the headers could not be read. */
  readonly quantiserMax: number | undefined
  /** What its frames say of tools, each once. */
  readonly tools: readonly string[]
  /** What no encode with these parameters contains, as the end of a sentence. */
  readonly breach: string | undefined
  /** What hardly any encode with these parameters contains, as a sentence without its full stop. */
  readonly oddity: string | undefined
}

export interface FrameCheck {
  /** Takes the packets in their order. */
  readonly add: (packet: Uint8Array) => void
  readonly seen: () => FramesSeen
}

/** Scenes of fewer frames may consist of those that every encoder quantises finely. */
const FRAMES_TO_REACH_MAX = 4

function breachOf(frame: FrameFacts, isFirst: boolean, bounds: FrameBounds): string | undefined {
  const { key, shown, errorResilient, quantiser = 0 } = frame
  if (quantiser > (bounds.quantiserMax ?? quantiser))
    return `quantiser ${quantiser}, and ${bounds.quantiserFlag} allows ${bounds.quantiserMax}`
  if (!shown && !bounds.hiddenFrames) return 'a hidden frame, which the parameters turn off'
  if (errorResilient && !key && !bounds.errorResilient) return 'an error-resilient frame, which the parameters turn off'
  if (key && !isFirst && !bounds.moreKeys) return 'a second key frame'
  return undefined
}

class Check implements FrameCheck {
  readonly #bounds: FrameBounds
  readonly #reader: ReturnType<typeof createAv1Reader>
  #packets = 0
  #frames = 0
  #quantiserMax = 0
  readonly #tools = new Set<string>()
  #breach: string | undefined
  #unreadable: string | undefined

  constructor(fourcc: EncoderModule['fourcc'], bounds: FrameBounds) {
    this.#bounds = bounds
    this.#reader = fourcc === 'AV01' ? createAv1Reader() : createVp9Reader()
  }

  add(packet: Uint8Array): void {
    if (this.#unreadable !== undefined) return
    try {
      for (const frame of this.#reader.read(packet)) this.#take(frame)
      this.#packets += 1
    } catch (error) {
      if (!(error instanceof BitstreamError)) throw error
      this.#unreadable = error.message
    }
  }

  #take(frame: FrameFacts): void {
    const breach = breachOf(frame, this.#frames === 0, this.#bounds)
    if (breach !== undefined) this.#breach ??= `packet ${this.#packets} holds ${breach}`
    this.#quantiserMax = Math.max(this.#quantiserMax, frame.quantiser ?? 0)
    if (frame.tools !== undefined) this.#tools.add(frame.tools)
    this.#frames += 1
  }

  seen(): FramesSeen {
    const breach = this.#breach
    const tools = [...this.#tools]
    if (this.#unreadable !== undefined)
      return { quantiserMax: undefined, tools, breach, oddity: `its frame headers cannot be read: ${this.#unreadable}` }
    return { quantiserMax: this.#quantiserMax, tools, breach, oddity: this.#oddity() }
  }

  #oddity(): string | undefined {
    const { quantiserMin, quantiserFlag } = this.#bounds
    if (quantiserMin === undefined || this.#packets < FRAMES_TO_REACH_MAX || this.#quantiserMax >= quantiserMin)
      return undefined
    return `its highest quantiser is ${this.#quantiserMax}, and ${quantiserFlag} means ${quantiserMin}`
  }
}

/** Never throws for what a packet holds. */
export const createFrameCheck = (fourcc: EncoderModule['fourcc'], bounds: FrameBounds): FrameCheck =>
  new Check(fourcc, bounds)
