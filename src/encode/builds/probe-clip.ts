import { pixelLayout, type VideoFormat, Y4M_FRAME_MARK, y4mHeader } from '../rules/index.ts'

/** Frames of the clip. Enough for a group of pictures with references on both sides and for two scenes. */
export const PROBE_FRAMES = 14

/** The picture changes at this frame. */
const CUT = 10

/** Larger pictures are probed at this area: what differs between builds shows there too. */
const AREA_PIXELS_MAX = 1920 * 1080

/** The texture repeats after this many samples; a power of two. */
const TILE = 512
const TILE_MASK = TILE - 1
/** Samples are reckoned with this depth and cut to that of the format. */
const DEPTH = 12
const LOWEST = 16 << (DEPTH - 8)
const HIGHEST = 235 << (DEPTH - 8)
/** A part of the clip has this many rows of a plane: few enough that the node keeps up with everything else. */
const PART_ROWS = 32

type Parts = Generator<Uint8Array, void, undefined>

/** Widths of the texture's grains. */
const OCTAVES = [64, 16, 4, 1] as const

/** The format that a project is probed in: its own, smaller where the picture is large, with even sides then. */
export function probeVideo(video: VideoFormat): VideoFormat {
  const { width, height } = video
  if (width * height <= AREA_PIXELS_MAX) return video
  // By halves and thirds, so that no machine rounds a root otherwise than another.
  let part = 2
  while (width * height > AREA_PIXELS_MAX * part * part) part += 1
  const side = (pixels: number): number => Math.max(64, Math.floor(pixels / part / 2) * 2)
  return { ...video, width: side(width), height: side(height) }
}

const hashed = (a: number, b: number): number => {
  const mixed = Math.imul(a ^ Math.imul(b, 0x9e3779b1), 0x85ebca6b)
  return Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35) >>> 0
}

/** By seed: they take longer to make than a small picture. */
const tiles = new Map<number, Uint16Array>()

function texture(seed: number): Uint16Array {
  const tile = tiles.get(seed) ?? makeTexture(seed)
  tiles.set(seed, tile)
  return tile
}

/** Noise at several scales, 0..4095, that repeats without a seam. */
function makeTexture(seed: number): Uint16Array {
  const tile = new Uint16Array(TILE * TILE)
  for (let y = 0; y < TILE; y += 1) {
    for (let x = 0; x < TILE; x += 1) {
      let sum = 0
      for (const [octave, step] of OCTAVES.entries()) {
        const cells = TILE / step
        const [cx, cy] = [Math.floor(x / step), Math.floor(y / step)]
        const [fx, fy] = [x % step, y % step]
        const corner = (dx: number, dy: number): number =>
          hashed(((cy + dy) % cells) * cells + ((cx + dx) % cells), seed * 8 + octave) >>> 20
        const upper = corner(0, 0) * (step - fx) + corner(1, 0) * fx
        const lower = corner(0, 1) * (step - fx) + corner(1, 1) * fx
        // The coarser a grain, the stronger.
        sum += Math.floor((upper * (step - fy) + lower * fy) / (step * step)) >> (octave + 1)
      }
      tile[y * TILE + x] = sum
    }
  }
  return tile
}

interface Plane {
  readonly width: number
  readonly height: number
  readonly tile: Uint16Array
  /** Distance of its samples from mid-grey, as a share of 16. */
  readonly contrast: number
}

interface Writer {
  bytes: Uint8Array
  readonly depth: number
  at: number
}

function put(writer: Writer, value: number): void {
  const sample = Math.min(HIGHEST, Math.max(LOWEST, value)) >> (DEPTH - writer.depth)
  writer.bytes[writer.at] = sample & 0xff
  if (writer.depth > 8) writer.bytes[writer.at + 1] = sample >> 8
  writer.at += writer.depth > 8 ? 2 : 1
}

/** A panning texture with another that moves across it, a flat part, a ramp, and noise on everything that is not without contrast. */
function* drawPlane(depth: number, { width, height, tile, contrast: given }: Plane, n: number, seed: number): Parts {
  const scene = n < CUT ? 0 : 1
  // The second scene is black and white: the grain estimator finds nothing in its chroma, and is most sensitive there.
  const contrast = scene === 1 && seed > 0 ? 0 : given
  // Quarters of a sample to the right and whole ones down.
  const pan = n * (5 + 4 * scene) + scene * 700
  const [panX, quarter, panY] = [pan >> 2, pan & 3, n * (1 + scene) + scene * 131]
  const [left, top] = [Math.floor(width / 8) + 3 * n, Math.floor(height / 6) + n]
  const [right, bottom] = [left + Math.floor(width / 4), top + Math.floor(height / 3)]
  const writer: Writer = { bytes: new Uint8Array(0), depth, at: 0 }
  let random = hashed(n + 1, seed)
  for (let y = 0; y < height; y += 1) {
    if (y % PART_ROWS === 0) {
      if (y > 0) yield writer.bytes
      writer.bytes = new Uint8Array(width * Math.min(PART_ROWS, height - y) * (depth > 8 ? 2 : 1))
      writer.at = 0
    }
    for (let x = 0; x < width; x += 1) {
      random = (Math.imul(random, 1664525) + 1013904223) | 0
      const noise = ((random >>> 29) + ((random >>> 26) & 7) + ((random >>> 23) & 7) - 10) * 10
      let value
      if (x >= left && x < right && y >= top && y < bottom) {
        // The object in front comes from another part of the texture, and becomes lighter.
        value = ((tile[((y - top + 77) & TILE_MASK) * TILE + ((x - left + 191) & TILE_MASK)] ?? 0) >> 1) + 900 + 40 * n
      } else if (y * 4 > height * 3) {
        value = x * 2 > width ? 1900 - 300 * scene : Math.floor((x * 2400) / width) + 800
      } else {
        const row = ((y + panY) & TILE_MASK) * TILE
        const near = tile[row + ((x + panX) & TILE_MASK)] ?? 0
        const far = tile[row + ((x + panX + 1) & TILE_MASK)] ?? 0
        value = (near * (4 - quarter) + far * quarter) >> 2
      }
      put(writer, 2048 + (((value - 2048) * contrast) >> 4) + ((noise * contrast) >> 4))
    }
  }
  yield writer.bytes
}

/** A clip computed with integers only, so that it is the same on every machine; it exercises an encoder as a film does. As y4m. */
export function* probeClip(video: VideoFormat): Parts {
  const layout = pixelLayout(video.pixelFormat)
  const chroma = {
    width: layout?.chroma === '444' ? video.width : Math.ceil(video.width / 2),
    height: layout?.chroma === '420' ? Math.ceil(video.height / 2) : video.height
  }
  const planes: Plane[] = [
    { ...video, tile: texture(1), contrast: 16 },
    { ...chroma, tile: texture(2), contrast: 5 },
    { ...chroma, tile: texture(3), contrast: 5 }
  ]
  yield Buffer.from(y4mHeader(video))
  for (let n = 0; n < PROBE_FRAMES; n += 1) {
    yield Buffer.from(Y4M_FRAME_MARK)
    for (const [index, plane] of planes.entries()) yield* drawPlane(video.bitDepth, plane, n, index)
  }
}
