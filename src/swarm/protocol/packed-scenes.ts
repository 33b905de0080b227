import type { SceneView } from './view.ts'

/** Scenes of a project in a tenth of their room: columns of numbers as JSON, and hashes as bytes. */
export type PackedScenes = Uint8Array<ArrayBuffer>

const HASH_BYTES = 32
const LENGTH_BYTES = 4

/** Index and start of a scene follow from those before it [RULE 15]. Texts stand for their place in `texts`, -1 for none. */
interface Columns {
  readonly texts: readonly string[]
  readonly frames: readonly number[]
  readonly pieceBytes: readonly number[]
  readonly skip: readonly number[]
  readonly params: readonly number[]
  /** Scenes without a receipt. The columns below have only the others. */
  readonly open: readonly number[]
  readonly bytes: readonly number[]
  readonly worker: readonly number[]
  readonly epoch: readonly number[]
  readonly attempt: readonly number[]
  readonly encodeMs: readonly number[]
  /** -1 for none. */
  readonly quantiser: readonly number[]
  readonly build: readonly number[]
  readonly probe: readonly number[]
  readonly provedBy: readonly number[]
}

export function packScenes(scenes: readonly SceneView[]): PackedScenes {
  const places = new Map<string, number>()
  const placeOf = (text: string | undefined): number => {
    if (text === undefined) return -1
    const known = places.get(text) ?? places.size
    places.set(text, known)
    return known
  }
  const plans = scenes.map(({ plan }) => plan)
  const receipts = scenes.flatMap(({ accepted }) => accepted ?? [])
  const columns: Omit<Columns, 'texts'> = {
    frames: plans.map(({ frames }) => frames),
    pieceBytes: plans.map(({ piece }) => piece.bytes),
    skip: plans.map(({ skip }) => skip),
    params: plans.map(({ encoderParams }) => placeOf(encoderParams)),
    open: scenes.flatMap(({ plan, accepted }) => (accepted === undefined ? [plan.index] : [])),
    bytes: receipts.map(({ result }) => result.bytes),
    worker: receipts.map(({ worker }) => placeOf(worker)),
    epoch: receipts.map(({ epoch }) => epoch),
    attempt: receipts.map(({ attempt }) => attempt),
    encodeMs: receipts.map(({ encodeMs }) => encodeMs),
    quantiser: receipts.map(({ quantiser = -1 }) => quantiser),
    build: receipts.map(({ maker }) => placeOf(maker?.build)),
    probe: receipts.map(({ maker }) => placeOf(maker?.probe)),
    provedBy: receipts.map(({ provedBy }) => placeOf(provedBy))
  }
  const json = new TextEncoder().encode(JSON.stringify({ ...columns, texts: [...places.keys()] }))
  const hashes = [
    ...plans.flatMap(({ piece, inputHash }) => [piece.sha256, inputHash]),
    ...receipts.map(({ result }) => result.sha256)
  ]
  const bytes = new Uint8Array(LENGTH_BYTES + json.length + hashes.length * HASH_BYTES)
  new DataView(bytes.buffer).setUint32(0, json.length)
  bytes.set(json, LENGTH_BYTES)
  for (const [index, hash] of hashes.entries()) putHash(bytes, LENGTH_BYTES + json.length + index * HASH_BYTES, hash)
  return bytes
}

/** @throws Error where the bytes are of something else */
export function unpackScenes(bytes: PackedScenes): readonly SceneView[] {
  const { columns, hashAt } = partsOf(bytes)
  const { texts, frames } = columns
  const open = new Set(columns.open)
  const at = (column: readonly number[], index: number): number => column[index] ?? 0
  const textAt = (column: readonly number[], index: number): string => texts[at(column, index)] ?? ''
  const scenes: SceneView[] = []
  let start = 0
  let receipt = 0
  for (let index = 0; index < frames.length; index += 1) {
    const plan = {
      index,
      start,
      frames: at(frames, index),
      piece: { sha256: hashAt(2 * index), bytes: at(columns.pieceBytes, index) },
      skip: at(columns.skip, index),
      inputHash: hashAt(2 * index + 1),
      encoderParams: textAt(columns.params, index)
    }
    start += plan.frames
    if (open.has(index)) {
      scenes.push({ plan, accepted: undefined })
      continue
    }
    const quantiser = at(columns.quantiser, receipt)
    const hasMaker = at(columns.build, receipt) >= 0
    const accepted = {
      scene: index,
      result: { sha256: hashAt(2 * frames.length + receipt), bytes: at(columns.bytes, receipt) },
      worker: textAt(columns.worker, receipt),
      epoch: at(columns.epoch, receipt),
      attempt: at(columns.attempt, receipt),
      encodeMs: at(columns.encodeMs, receipt),
      quantiser: quantiser < 0 ? undefined : quantiser,
      maker: hasMaker ? { build: textAt(columns.build, receipt), probe: textAt(columns.probe, receipt) } : undefined,
      provedBy: at(columns.provedBy, receipt) < 0 ? undefined : textAt(columns.provedBy, receipt)
    }
    scenes.push({ plan, accepted })
    receipt += 1
  }
  return scenes
}

/** The hashes are cut from one text: a text made for each of them would take most of the time. */
function partsOf(bytes: PackedScenes): { readonly columns: Columns; readonly hashAt: (place: number) => string } {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0)
  const json = new TextDecoder().decode(bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + length))
  const hashes = hexOf(bytes.subarray(LENGTH_BYTES + length))
  return {
    columns: JSON.parse(json) as Columns,
    hashAt: (place) => hashes.slice(place * 2 * HASH_BYTES, (place + 1) * 2 * HASH_BYTES)
  }
}

const DIGITS = new TextEncoder().encode('0123456789abcdef')

function hexOf(bytes: Uint8Array): string {
  const digits = new Uint8Array(2 * bytes.length)
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0
    digits[2 * at] = DIGITS[byte >> 4] ?? 0
    digits[2 * at + 1] = DIGITS[byte & 15] ?? 0
  }
  return new TextDecoder('latin1').decode(digits)
}

/** Lower-case digits, as the codec makes them. */
const digitAt = (hex: string, at: number): number => {
  const code = hex.charCodeAt(at)
  return code < 58 ? code - 48 : code - 87
}

function putHash(bytes: Uint8Array, to: number, hash: string): void {
  for (let at = 0; at < HASH_BYTES; at += 1) bytes[to + at] = 16 * digitAt(hash, 2 * at) + digitAt(hash, 2 * at + 1)
}
