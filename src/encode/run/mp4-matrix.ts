import { type FileHandle, open } from 'node:fs/promises'
import type { DisplayMatrix } from '../spec/index.ts'
import { MediaError } from './errors.ts'

/** An MP4 box: where what is in it begins and ends in the file. */
interface Box {
  readonly type: string
  readonly start: number
  readonly end: number
}

const HEADER_BYTES = 16
const NUMBER_BYTES = 4
/** Before the matrix of a track header, by its version: flags, times, number, duration, layer, volume. */
const MATRIX_AT = [40, 52] as const
const HANDLER_AT = 8

async function readBytes(file: FileHandle, at: number, count: number): Promise<DataView> {
  const bytes = new Uint8Array(count)
  const { bytesRead } = await file.read(bytes, 0, count, at)
  return new DataView(bytes.buffer, 0, bytesRead)
}

const text = (view: DataView, at: number): string => {
  const codes = [0, 1, 2, 3].map((n) => view.getUint8(at + n))
  return String.fromCharCode(...codes)
}

async function* boxesIn(file: FileHandle, start: number, end: number): AsyncGenerator<Box, void, undefined> {
  for (let at = start; at + 8 <= end;) {
    const view = await readBytes(file, at, HEADER_BYTES)
    if (view.byteLength < 8) return
    const short = view.getUint32(0)
    const isLong = short === 1 && view.byteLength === HEADER_BYTES
    const bytes = isLong ? Number(view.getBigUint64(8)) : short === 0 ? end - at : short
    const inside = at + (isLong ? 16 : 8)
    if (bytes < 8 || at + bytes > end) return
    yield { type: text(view, 4), start: inside, end: at + bytes }
    at += bytes
  }
}

async function find(file: FileHandle, within: Box, ...path: readonly string[]): Promise<Box | undefined> {
  let box: Box | undefined = within
  for (const type of path) {
    const parent: Box = box
    box = undefined
    for await (const one of boxesIn(file, parent.start, parent.end)) if (one.type === type) box ??= one
    if (box === undefined) return undefined
  }
  return box
}

/** Where the matrix of the first video track is. */
async function placeOfMatrix(file: FileHandle): Promise<number | undefined> {
  const { size } = await file.stat()
  const movie = await find(file, { type: '', start: 0, end: size }, 'moov')
  if (movie === undefined) return undefined
  for await (const track of boxesIn(file, movie.start, movie.end)) {
    const handler = track.type === 'trak' ? await find(file, track, 'mdia', 'hdlr') : undefined
    const header = handler === undefined ? undefined : await find(file, track, 'tkhd')
    if (handler === undefined || header === undefined) continue
    if (text(await readBytes(file, handler.start + HANDLER_AT, NUMBER_BYTES), 0) !== 'vide') continue
    const version = (await readBytes(file, header.start, 1)).getUint8(0)
    return header.start + (MATRIX_AT[version === 1 ? 1 : 0] ?? 0)
  }
  return undefined
}

/** Says in an MP4 file how players turn its video; ffmpeg of every version says mirrored pictures otherwise. @throws MediaError `join-failed` */
export async function writeMatrix(path: string, matrix: DisplayMatrix): Promise<void> {
  const file = await open(path, 'r+')
  try {
    const at = await placeOfMatrix(file)
    if (at === undefined) throw new MediaError('join-failed', 'The MP4 file has no header of a video track.')
    const view = new DataView(new ArrayBuffer(matrix.length * NUMBER_BYTES))
    for (const [n, value] of matrix.entries()) view.setInt32(n * NUMBER_BYTES, value)
    await file.write(new Uint8Array(view.buffer), 0, view.byteLength, at)
  } finally {
    await file.close()
  }
}
