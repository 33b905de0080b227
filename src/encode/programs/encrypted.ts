import { open } from 'node:fs/promises'
import { MediaError } from './errors.ts'
import { findBox, fourCharacters, readBytes, tracksIn } from './mp4-boxes.ts'

/** Kinds of samples of encrypted tracks in MP4: common encryption and that of stores. ffprobe shows the codec under the encryption. */
const KINDS = new Set(['encv', 'enca', 'encs', 'enct', 'drmi', 'drms', 'drmt'])

/** Before the kind of the first entry: version, count, and the entry's size. */
const KIND_AT = 12

/** Numbers of an MP4 file's encrypted tracks, counted from 0 in its order. */
export async function encryptedTracks(path: string): Promise<ReadonlySet<number>> {
  const file = await open(path)
  try {
    const found = new Set<number>()
    let number = 0
    for await (const track of tracksIn(file)) {
      const kinds = await findBox(file, track, 'mdia', 'minf', 'stbl', 'stsd')
      const view = kinds === undefined ? undefined : await readBytes(file, kinds.start + KIND_AT, 4)
      if (view?.byteLength === 4 && KINDS.has(fourCharacters(view, 0))) found.add(number)
      number += 1
    }
    return found
  } finally {
    await file.close()
  }
}

const PACKET_BYTES = [188, 192] as const
const SYNC = 0x47
const LOOKED_AT_BYTES = 2 * 1024 * 1024

/** The share of a transport stream's packets that say that they are scrambled; 0 for other bytes. */
export function scrambledShare(bytes: Uint8Array): number {
  for (const size of PACKET_BYTES) {
    const first = bytes.findIndex(
      (byte, at) => byte === SYNC && bytes[at + size] === SYNC && bytes[at + 2 * size] === SYNC
    )
    if (first < 0 || first >= 2 * size) continue
    let packets = 0
    let scrambled = 0
    for (let at = first; at + 4 <= bytes.length; at += size) {
      if (bytes[at] !== SYNC) break
      packets += 1
      if (((bytes[at + 3] ?? 0) & 0xc0) !== 0) scrambled += 1
    }
    return packets === 0 ? 0 : scrambled / packets
  }
  return 0
}

/** Whether most of the beginning of a transport stream is scrambled. */
export async function isScrambled(path: string): Promise<boolean> {
  const file = await open(path)
  try {
    const bytes = new Uint8Array(LOOKED_AT_BYTES)
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0)
    return scrambledShare(bytes.subarray(0, bytesRead)) > 0.5
  } finally {
    await file.close()
  }
}

/** Whether the video is encrypted: a track of MP4, or a whole transport stream. `container` is ffmpeg's name of it. */
export async function isEncrypted(path: string, container: string, index: number): Promise<boolean> {
  if (container.includes('mp4')) return (await encryptedTracks(path)).has(index)
  return container.includes('mpegts') && isScrambled(path)
}

/** The message about such a video. */
export const encryptedVideo = (): MediaError =>
  new MediaError(
    'unsupported',
    'The video is encrypted. grav1 has no keys and encodes only video that plays without one'
  )
