import { type FileHandle, open } from 'node:fs/promises'
import type { DisplayMatrix } from '../rules/index.ts'
import { MediaError } from '../programs/errors.ts'
import { findBox, fourCharacters, readBytes, tracksIn } from '../programs/mp4-boxes.ts'

const NUMBER_BYTES = 4
/** Before the matrix of a track header, by its version: flags, times, number, duration, layer, volume. */
const MATRIX_AT = [40, 52] as const
const HANDLER_AT = 8

/** Where the matrix of the first video track is. */
async function placeOfMatrix(file: FileHandle): Promise<number | undefined> {
  for await (const track of tracksIn(file)) {
    const handler = await findBox(file, track, 'mdia', 'hdlr')
    const header = await findBox(file, track, 'tkhd')
    if (handler === undefined || header === undefined) continue
    if (fourCharacters(await readBytes(file, handler.start + HANDLER_AT, NUMBER_BYTES), 0) !== 'vide') continue
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
    if (at === undefined) throw new MediaError('join-failed', 'The MP4 file has no video track header.')
    const view = new DataView(new ArrayBuffer(matrix.length * NUMBER_BYTES))
    for (const [n, value] of matrix.entries()) view.setInt32(n * NUMBER_BYTES, value)
    await file.write(new Uint8Array(view.buffer), 0, view.byteLength, at)
  } finally {
    await file.close()
  }
}
