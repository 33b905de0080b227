import { open, rm } from 'node:fs/promises'
import { thisSystem } from '../../platform/index.ts'
import { expectMemory } from '../programs/out-of-memory.ts'
import type { RunOptions } from '../programs/run-options.ts'
import { y4mBytesMax, y4mHeader } from '../rules/index.ts'
import { checkFrames, handedOf, startHandedDecode } from './handed-decode.ts'
import type { PassInput } from './types.ts'
import { checkY4mHeader } from './y4m-feed.ts'

/** Of a longer scene an encode takes so much more time than a decode that its frames are not worth the disk. */
const KEPT_BYTES_MAX = 64 * 1024 ** 2

/**
 * Decodes a scene into a file, for an encoder that reads its frames twice: most of the time of a short decode is the start of its program.
 * @returns false where the scene is too long for that, or the decode fails: one that feeds an encoder tells why
 * @throws MediaError `input-mismatch`, `out-of-memory`, `crashed` or `tool-missing`; the system's error where there is no room; the signal's reason when aborted
 */
export async function keepFrames(input: PassInput, file: string, { signal }: RunOptions): Promise<boolean> {
  const handed = handedOf(input)
  const fileBytesMax = y4mBytesMax(handed, input.frames)
  if (!thisSystem.handsPipesOver || fileBytesMax > KEPT_BYTES_MAX) return false
  const frames = await open(file, 'w')
  try {
    await frames.writeFile(y4mHeader(handed))
    const decoding = startHandedDecode(input, frames.fd, { signal, fileBytesMax })
    const decoded = await decoding.process.ended
    await checkY4mHeader(decoding, handed)
    expectMemory(decoded, 'ffmpeg')
    if (decoded.code !== 0) {
      await rm(file)
      return false
    }
    checkFrames(decoded, await decoding.hashes, input)
    return true
  } finally {
    await frames.close()
  }
}
