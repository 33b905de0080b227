import { BitstreamError } from './errors.ts'
import type { Rational } from './types.ts'

export const IVF_HEADER_BYTES = 32
export const IVF_FRAME_HEADER_BYTES = 12

/** Largest frame that is read into memory: a lossless 10-bit 8K frame is about 100 MB, real ones are far below. */
export const IVF_FRAME_BYTES_MAX = 128 * 1024 * 1024

export interface IvfHeader {
  readonly fourcc: string
  readonly width: number
  readonly height: number
  /** Ticks per second of the pts. */
  readonly rate: Rational
  /** As the file says; encoders fill it in at the end. */
  readonly frames: number
}

export interface IvfFrame {
  readonly pts: bigint
  readonly data: Uint8Array
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** @throws BitstreamError */
export function parseIvfHeader(bytes: Uint8Array): IvfHeader {
  if (bytes.length < IVF_HEADER_BYTES) throw new BitstreamError('truncated', 'the IVF header is cut short')
  const view = viewOf(bytes)
  if (view.getUint32(0) !== 0x444b4946) throw new BitstreamError('bad-header', 'not an IVF file')
  if (view.getUint16(4, true) !== 0 || view.getUint16(6, true) !== IVF_HEADER_BYTES)
    throw new BitstreamError('bad-header', 'unknown IVF version')
  return {
    fourcc: String.fromCharCode(...bytes.subarray(8, 12)),
    width: view.getUint16(12, true),
    height: view.getUint16(14, true),
    rate: { num: view.getUint32(16, true), den: view.getUint32(20, true) },
    frames: view.getUint32(24, true)
  }
}

/** The 32 bytes that start an IVF file. */
export function ivfHeaderBytes(header: IvfHeader): Uint8Array {
  const bytes = new Uint8Array(IVF_HEADER_BYTES)
  const view = viewOf(bytes)
  view.setUint32(0, 0x444b4946)
  view.setUint16(6, IVF_HEADER_BYTES, true)
  for (let i = 0; i < 4; i += 1) view.setUint8(8 + i, header.fourcc.charCodeAt(i))
  view.setUint16(12, header.width, true)
  view.setUint16(14, header.height, true)
  view.setUint32(16, header.rate.num, true)
  view.setUint32(20, header.rate.den, true)
  view.setUint32(24, header.frames, true)
  return bytes
}

/** The 12 bytes before each frame. */
export function ivfFrameHeaderBytes(frameBytes: number, pts: bigint): Uint8Array {
  const bytes = new Uint8Array(IVF_FRAME_HEADER_BYTES)
  const view = viewOf(bytes)
  view.setUint32(0, frameBytes, true)
  view.setBigUint64(4, pts, true)
  return bytes
}

/** Reads an IVF file from chunks cut anywhere; holds at most one frame. */
export interface IvfReader {
  readonly header: IvfHeader | undefined
  /** The frames that the chunk completed. @throws BitstreamError */
  readonly push: (chunk: Uint8Array) => IvfFrame[]
  /** @throws BitstreamError `truncated` when the file ends inside a header or frame */
  readonly end: () => void
}

class Reader implements IvfReader {
  header: IvfHeader | undefined
  readonly #frameBytesMax: number
  #part: 'header' | 'frame-header' | 'frame' = 'header'
  #buffer = new Uint8Array(IVF_HEADER_BYTES)
  #filled = 0
  #pts = 0n

  constructor(frameBytesMax: number) {
    this.#frameBytesMax = frameBytesMax
  }

  push(chunk: Uint8Array): IvfFrame[] {
    const frames: IvfFrame[] = []
    let at = 0
    while (at < chunk.length) {
      const taken = Math.min(this.#buffer.length - this.#filled, chunk.length - at)
      this.#buffer.set(chunk.subarray(at, at + taken), this.#filled)
      this.#filled += taken
      at += taken
      if (this.#filled === this.#buffer.length) this.#complete(frames)
    }
    return frames
  }

  end(): void {
    if (this.#part === 'header' || this.#part === 'frame' || this.#filled > 0)
      throw new BitstreamError('truncated', 'the IVF file is cut short')
  }

  #complete(frames: IvfFrame[]): void {
    const bytes = this.#buffer
    if (this.#part === 'frame-header') {
      const length = viewOf(bytes).getUint32(0, true)
      if (length === 0) throw new BitstreamError('bad-header', 'an IVF frame is empty')
      if (length > this.#frameBytesMax)
        throw new BitstreamError('too-large', `an IVF frame of ${length} bytes is over the limit`)
      this.#pts = viewOf(bytes).getBigUint64(4, true)
      this.#await('frame', length)
      return
    }
    if (this.#part === 'header') this.header = parseIvfHeader(bytes)
    else frames.push({ pts: this.#pts, data: bytes })
    this.#await('frame-header', IVF_FRAME_HEADER_BYTES)
  }

  #await(part: 'frame-header' | 'frame', length: number): void {
    this.#part = part
    this.#buffer = new Uint8Array(length)
    this.#filled = 0
  }
}

export const createIvfReader = (
  init: { readonly frameBytesMax: number } = { frameBytesMax: IVF_FRAME_BYTES_MAX }
): IvfReader => new Reader(init.frameBytesMax)
