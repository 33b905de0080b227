import { pixelLayout } from '../../../../src/encode/rules/index.ts'

export interface PatternFormat {
  readonly width: number
  readonly height: number
  readonly pixelFormat: string
}

/** A frame of a moving pattern of waves, edges and noise, and a coarser version of it; planes as decoders write them. */
export function patternFrame(format: PatternFormat, number: number): { source: Uint8Array; encoded: Uint8Array } {
  const { chroma, bitDepth } = pixelLayout(format.pixelFormat)!
  const { width, height } = format
  const small = {
    width: chroma === '444' ? width : Math.ceil(width / 2),
    height: chroma === '420' ? Math.ceil(height / 2) : height
  }
  const sizes = [{ width, height }, small, small]
  const length = sizes.reduce((sum, size) => sum + size.width * size.height, 0)
  const make = (): Uint8Array | Uint16Array => (bitDepth === 8 ? new Uint8Array(length) : new Uint16Array(length))
  const to = { source: make(), encoded: make() }
  let from = 0
  for (const [plane, size] of sizes.entries()) {
    fill(to, { ...size, from, plane, number, bitDepth })
    from += size.width * size.height
  }
  const bytesOf = ({ buffer }: Uint8Array | Uint16Array): Uint8Array => new Uint8Array(buffer)
  return { source: bytesOf(to.source), encoded: bytesOf(to.encoded) }
}

interface PatternPlane {
  readonly from: number
  readonly width: number
  readonly height: number
  readonly plane: number
  readonly number: number
  readonly bitDepth: number
}

/** Whole numbers only, so that every machine makes the same. */
function fill(
  { source, encoded }: Record<'source' | 'encoded', Uint8Array | Uint16Array>,
  { width, height, from, plane, number, bitDepth }: PatternPlane
): void {
  const scale = 2 ** (bitDepth - 8)
  let noise = 12345 + 977 * plane + 31 * number
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      noise = (noise * 16807) % 2147483647
      const wave = Math.abs(((x * 3 + y * 2 + number * 7) % 128) - 64)
      const edge = (Math.floor((x + 5 * number) / 24) + Math.floor(y / 24)) % 2 === 0 ? 60 : 0
      const grain = (Math.floor(noise / 65536) % 16) * (y % 96 < 48 ? 1 : 0)
      const value = (40 + wave + edge + grain) * scale + (Math.floor(noise / 4096) % scale)
      const index = from + y * width + x
      source[index] = value
      encoded[index] = Math.floor(value / (6 * scale)) * 6 * scale + ((x * y + number) % 5) * scale
    }
  }
}
