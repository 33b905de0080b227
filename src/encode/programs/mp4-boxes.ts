import type { FileHandle } from 'node:fs/promises'

/** An MP4 box: where its content begins and ends in the file. */
export interface Box {
  readonly type: string
  readonly start: number
  readonly end: number
}

const HEADER_BYTES = 16

/** Fewer at the end of the file. */
export async function readBytes(file: FileHandle, at: number, count: number): Promise<DataView> {
  const bytes = new Uint8Array(count)
  const { bytesRead } = await file.read(bytes, 0, count, at)
  return new DataView(bytes.buffer, 0, bytesRead)
}

/** Four characters. */
export const fourCharacters = (view: DataView, at: number): string => {
  const codes = [0, 1, 2, 3].map((n) => view.getUint8(at + n))
  return String.fromCharCode(...codes)
}

/** The boxes of a part of the file, up to the first that does not fit. */
export async function* boxesIn(file: FileHandle, start: number, end: number): AsyncGenerator<Box, void, undefined> {
  for (let at = start; at + 8 <= end;) {
    const view = await readBytes(file, at, HEADER_BYTES)
    if (view.byteLength < 8) return
    const short = view.getUint32(0)
    const isLong = short === 1 && view.byteLength === HEADER_BYTES
    const bytes = isLong ? Number(view.getBigUint64(8)) : short === 0 ? end - at : short
    const inside = at + (isLong ? 16 : 8)
    if (bytes < 8 || at + bytes > end) return
    yield { type: fourCharacters(view, 4), start: inside, end: at + bytes }
    at += bytes
  }
}

/** The first box at a path below another. */
export async function findBox(file: FileHandle, within: Box, ...path: readonly string[]): Promise<Box | undefined> {
  let box: Box | undefined = within
  for (const type of path) {
    const parent: Box = box
    box = undefined
    for await (const one of boxesIn(file, parent.start, parent.end)) if (one.type === type) box ??= one
    if (box === undefined) return undefined
  }
  return box
}

/** The tracks of an MP4 file, in its order. */
export async function* tracksIn(file: FileHandle): AsyncGenerator<Box, void, undefined> {
  const { size } = await file.stat()
  const movie = await findBox(file, { type: '', start: 0, end: size }, 'moov')
  if (movie === undefined) return
  for await (const box of boxesIn(file, movie.start, movie.end)) if (box.type === 'trak') yield box
}
